import type { Form } from './script.ts'

export const valueTypes: Readonly<Record<string, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
}

const scratch = new DataView(new ArrayBuffer(8))

/** The bytes of a number of this type as memory has them. */
export function bitsOf(type: string, word: string): number[] {
  const plain = word.replaceAll('_', '')
  const width = Number(type.slice(1)) / 8
  if (type.startsWith('i')) scratch.setBigUint64(0, BigInt.asUintN(64, whole(plain)), true)
  else if (/nan:0x/.test(plain)) return nanBits(plain, width)
  else if (width === 4) scratch.setFloat32(0, float(plain), true)
  else scratch.setFloat64(0, float(plain), true)
  return Array.from({ length: width }, (_, i) => scratch.getUint8(i))
}

/** A NaN by its payload: all bits of the exponent set, the sign as it is said. */
function nanBits(word: string, width: number): number[] {
  const payload = BigInt(word.slice(word.indexOf('0x')))
  const exponent = width === 4 ? 0x7f80_0000n : 0x7ff0_0000_0000_0000n
  const sign = word.startsWith('-') ? 1n << BigInt(width * 8 - 1) : 0n
  scratch.setBigUint64(0, payload | exponent | sign, true)
  return Array.from({ length: width }, (_, i) => scratch.getUint8(i))
}

const whole = (word: string): bigint =>
  word.startsWith('-') ? -BigInt(word.slice(1)) : BigInt(word.replace(/^\+/, ''))

/** Close enough: every world is given the same. */
function float(word: string): number {
  const magnitude = word.replace(/^[+-]/, '')
  const sign = word.startsWith('-') ? -1 : 1
  if (magnitude.startsWith('nan')) return sign < 0 ? -Number.NaN : Number.NaN
  if (magnitude === 'inf') return sign * Number.POSITIVE_INFINITY
  const hex = /^0x([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?\d+))?$/.exec(magnitude)
  if (!hex) return sign * Number(magnitude)
  const [, ahead = '', behind = '', power = '0'] = hex
  let value = Number(BigInt(`0x${ahead}${behind}` === '0x' ? 0 : `0x${ahead}${behind}`))
  for (let rest = Number(power) - 4 * behind.length; rest !== 0; ) {
    const step = Math.max(-500, Math.min(500, rest)) // a power that a double can hold
    value *= 2 ** step
    rest -= step
  }
  return sign * value
}

/** The lanes of a vector as they are written, and their type. */
export function lanesOf({ items }: Form): { readonly type: string; readonly words: readonly string[] } {
  const [, shape, ...words] = items as string[]
  return { type: shape!.slice(0, shape!.indexOf('x')), words }
}

/** The operator that puts this argument on the stack; undefined for a reference, which only a host can give. */
export function constant(argument: Form): number[] | undefined {
  const [type, instruction] = (argument.items[0] as string).split('.')
  if (instruction !== 'const') return undefined
  if (type === 'v128') {
    const { type: lane, words } = lanesOf(argument)
    return [0xfd, 12, ...words.flatMap((word) => bitsOf(lane, word))]
  }
  const bits = bitsOf(type!, argument.items[1] as string)
  if (type === 'f32') return [0x43, ...bits]
  if (type === 'f64') return [0x44, ...bits]
  const value = bits.reduce((sum, byte, i) => sum + (BigInt(byte) << BigInt(8 * i)), 0n)
  return [type === 'i32' ? 0x41 : 0x42, ...signed(BigInt.asIntN(bits.length * 8, value))]
}

/** What JavaScript gives for it. */
export function hostValue(argument: Form): unknown {
  const [kind, word = ''] = argument.items as string[]
  if (kind === 'ref.null') return null
  if (kind === 'ref.extern' || kind === 'ref.host') return `host ${word}`
  const [type] = kind!.split('.')
  const plain = word.replaceAll('_', '')
  if (type === 'i32') return Number(BigInt.asIntN(32, whole(plain)))
  if (type === 'i64') return BigInt.asIntN(64, whole(plain))
  throw new Error(`an argument that a host cannot give: ${kind}`)
}

function signed(value: bigint): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    const part = Number(rest & 127n)
    const after = rest >> 7n
    if ((after === 0n && part < 64) || (after === -1n && part >= 64)) return [...bytes, part]
    bytes.push(part + 128)
  }
}
