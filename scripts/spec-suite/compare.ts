import type { Exports } from './world.ts'

const scratch = new DataView(new ArrayBuffer(16))
const isNan32 = (bits: number): boolean => (bits & 0x7fff_ffff) > 0x7f80_0000
const isNan64 = (bits: bigint): boolean => (bits & 0x7fff_ffff_ffff_ffffn) > 0x7ff0_0000_0000_0000n

/** Whether two values, given by their bits, are the same or both no number. */
export function sameUpToNan(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    if (isNan64(a) && isNan64(b)) return true
    const halves = (bits: bigint): [number, number] => {
      scratch.setBigUint64(0, bits)
      return [scratch.getUint32(0), scratch.getUint32(4)]
    }
    const [ours, others] = [halves(a), halves(b)]
    return ours.every((half, i) => half === others[i] || (isNan32(half) && isNan32(others[i]!)))
  }
  return typeof a === 'number' && typeof b === 'number' && isNan32(a) && isNan32(b)
}

/** What an instance shows of itself without being asked to run: globals, tables and memories, by their names. */
export function stateDifference(a: Exports, b: Exports, isExact: boolean): string | undefined {
  for (const [name, one] of Object.entries(a)) {
    const other = b[name]
    if (one instanceof WebAssembly.Memory) {
      if (!sameMemory(one.buffer, (other as WebAssembly.Memory).buffer, isExact)) return `memory ${name}`
    } else if (one instanceof WebAssembly.Table) {
      if (!sameTable(one, other as WebAssembly.Table)) return `table ${name}`
    } else if (one instanceof WebAssembly.Global && !sameGlobal(one, other as WebAssembly.Global))
      return `global ${name}`
  }
  return undefined
}

function sameMemory(a: ArrayBuffer, b: ArrayBuffer, isExact: boolean): boolean {
  if (a.byteLength !== b.byteLength) return false
  if (Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0) return true
  if (isExact) return false
  const [ours, others] = [new Uint8Array(a), new Uint8Array(b)]
  return ours.every((byte, at) => byte === others[at] || isInNan(a, b, at))
}

/** Whether this byte lies in a float that is no number in both. */
function isInNan(a: ArrayBuffer, b: ArrayBuffer, at: number): boolean {
  const [ours, others] = [new DataView(a), new DataView(b)]
  const fits = (from: number, width: number): boolean => from >= 0 && from + width <= a.byteLength
  for (let from = at - 3; from <= at; from++)
    if (fits(from, 4) && isNan32(ours.getUint32(from, true)) && isNan32(others.getUint32(from, true))) return true
  for (let from = at - 7; from <= at; from++)
    if (fits(from, 8) && isNan64(ours.getBigUint64(from, true)) && isNan64(others.getBigUint64(from, true))) return true
  return false
}

function sameTable(a: WebAssembly.Table, b: WebAssembly.Table): boolean {
  if (a.length !== b.length) return false
  // Functions are of different instances; their names are their indexes.
  const shown = (entry: unknown): unknown => (typeof entry === 'function' ? entry.name : entry)
  for (let i = 0; i < a.length; i++) if (!Object.is(shown(a.get(i)), shown(b.get(i)))) return false
  return true
}

function sameGlobal(a: WebAssembly.Global, b: WebAssembly.Global): boolean {
  const [ours, others] = [shownBy(a), shownBy(b)]
  return typeof ours === 'function' || Object.is(ours, others)
}

/** A vector has no value for JavaScript. */
function shownBy(global: WebAssembly.Global): unknown {
  try {
    return global.value
  } catch {
    return undefined
  }
}
