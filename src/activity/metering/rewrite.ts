import { u32Bytes } from '../module-reader.ts'
import type { Body, Place } from './body.ts'
import { fuelUnit, machineFailed } from './budget.ts'
import type { Calls } from './calls.ts'
import { handedCounter, handedParams } from './handed.ts'
import type { NanType } from './nan.ts'
import type { Writer } from './writer.ts'

/** Where the meter stands in the module that is being written. */
export type MeterIndexes = {
  /** The global that counts. */
  readonly meter: number
  /** The function that charges for so many bytes or entries. */
  readonly pay: number
  /** The function that charges for what a growth has added. */
  readonly grown: number
  /** The same behind a growth of the memory. */
  readonly grownMemory: number
  /** What is called instead of a function that is handed the counter. */
  readonly inner: ReadonlyMap<number, number>
  typeOf(params: readonly number[], results: readonly number[]): number
}

/** Set where the fuel, or the stack, has gone below zero. */
const signs = 0x8000_0000_0000_8000n

const op = {
  unreachable: 0x00,
  block: 0x02,
  if: 0x04,
  end: 0x0b,
  br: 0x0c,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  memoryGrow: 0x40,
  i64Const: 0x42,
  i64LessSigned: 0x53,
  i64NotEqual: 0x52,
  i64Add: 0x7c,
  i64Subtract: 0x7d,
  i64And: 0x83,
} as const
const i32Type = 0x7f
const i64Type = 0x7e
const vectorType = 0x7b
const emptyType = 0x40
const anyTrue = [0xfd, 83]
const bitSelect = [0xfd, 82]

const nan32 = [0x00, 0x00, 0xc0, 0x7f]
const nan64 = [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x7f]
/** How each is written: its constant, the comparison with itself, and the choice by what that says. */
const canonicalNan = {
  f32: { valueType: 0x7d, constant: [0x43, ...nan32], differs: [0x5c] },
  f64: { valueType: 0x7c, constant: [0x44, ...nan64], differs: [0x62] },
  f32x4: { valueType: 0x7b, constant: [0xfd, 12, ...nan32, ...nan32, ...nan32, ...nan32], differs: [0xfd, 0x42] },
  f64x2: { valueType: 0x7b, constant: [0xfd, 12, ...nan64, ...nan64], differs: [0xfd, 0x48] },
} as const

/** Writes one function with the meter in it: what was there stays there, byte by byte, but for returns from a charged one. */
export function rewriteBody(
  out: Writer,
  bytes: Uint8Array,
  body: Body,
  { calls, index, at: indexes }: { readonly calls: Calls; readonly index: number; readonly at: MeterIndexes },
): void {
  const { segments, places, type, localCount } = body
  const weight = calls.weightOf(index)
  const isHanded = calls.isHanded(index)
  const hasCopy = !isHanded && (body.hasTightLoop || (weight > 0 && body.isBrief))
  const needsTemporary = places.some(({ what }) => what === 'bulk' || what === 'grow')
  const copy = type.params.length + localCount + (isHanded ? handedParams : 0)
  const fuel = type.params.length
  const handed = isHanded ? handedCounter(out, { meter: indexes.meter, fuel, stack: fuel + 1 }) : undefined
  const temporary = copy + (hasCopy ? 1 : 0)
  const nans = [...new Set(places.flatMap((one) => (one.what === 'nan' ? [one.type] : [])))]
  const firstNan = temporary + (needsTemporary ? 1 : 0)
  const entersOthers = places.some(({ what }) => what === 'call')

  function indexed(code: number, operand: number): void {
    out.byte(code)
    out.u32(operand)
  }
  /** Adds to the meter, or takes from it. The local copy, where there is one, is what the global holds. */
  function count(units: number, { isFresh = hasCopy, mayTrap = true } = {}): void {
    if (handed) return handed.count(units, mayTrap)
    if (isFresh) indexed(op.localGet, copy)
    else indexed(op.globalGet, indexes.meter)
    out.byte(op.i64Const)
    out.signed(Math.abs(units))
    out.byte(units < 0 ? op.i64Subtract : op.i64Add)
    if (hasCopy) indexed(op.localTee, copy)
    indexed(op.globalSet, indexes.meter)
  }
  function stopIf(isEmpty: () => void): void {
    if (hasCopy) indexed(op.localGet, copy)
    else indexed(op.globalGet, indexes.meter)
    isEmpty()
    out.bytes([op.if, emptyType, op.unreachable, op.end])
  }
  function stopWhereFuelIsOut(): void {
    if (handed) return handed.stopWhereFuelIsOut()
    stopIf(() => out.bytes([op.i64Const, 0, op.i64LessSigned]))
  }
  function stopWhereEitherIsOut(): void {
    stopIf(() => {
      out.bytes([op.i64Const, ...signedBig(signs), op.i64And, op.i64Const, 0, op.i64NotEqual])
    })
  }
  function enter(): void {
    const { cost, mayTrap } = segments[0]!
    if (handed) {
      handed.count(-cost * fuelUnit, mayTrap)
      handed.stopWhereFuelIsOut()
      return handed.sink(weight)
    }
    count(-(cost * fuelUnit + weight), { isFresh: false })
    if (weight > 0) stopWhereEitherIsOut()
    else if (entersOthers) stopWhereFuelIsOut()
  }
  /** What may have changed the global has come back. */
  function refresh(): void {
    if (handed) return handed.learn()
    if (!hasCopy) return
    indexed(op.globalGet, indexes.meter)
    indexed(op.localSet, copy)
  }
  /** What was paid in advance for operators behind a call is given back while the host may end the program. */
  function call(place: Extract<Place, { what: 'call' }>): void {
    const early = calls.reachesHost(place.callee, place.isIndirect) ? paidEarly(body, place.paid) : 0
    const inner = place.isIndirect ? undefined : indexes.inner.get(place.callee)
    if (handed && inner !== undefined)
      return handed.call(inner, { early, mayTrap: place.mayTrap, isLast: place.isLast })
    if (early > 0) count(early * fuelUnit, { mayTrap: false })
    handed?.tell()
    out.copy(bytes, place.at, place.next)
    if (place.isLast) return
    if (handed || early === 0) refresh()
    if (early > 0) count(-early * fuelUnit, { isFresh: isHanded })
  }
  /** The value itself where it equals itself, else the canonical NaN. */
  function canonical(nan: NanType, local: number): void {
    const { constant, differs, valueType } = canonicalNan[nan]
    indexed(op.localTee, local)
    indexed(op.localGet, local)
    out.bytes(differs)
    if (valueType === vectorType) return void lanes(constant, differs, local)
    out.bytes([op.if, emptyType, ...constant])
    indexed(op.localSet, local)
    out.byte(op.end)
    indexed(op.localGet, local)
  }
  /** Lane by lane: what differs from itself, a mask by now, takes the lane of the constant. */
  function lanes(constant: readonly number[], differs: readonly number[], local: number): void {
    out.bytes(anyTrue)
    out.bytes([op.if, emptyType, ...constant])
    indexed(op.localGet, local)
    indexed(op.localGet, local)
    indexed(op.localGet, local)
    out.bytes([...differs, ...bitSelect])
    indexed(op.localSet, local)
    out.byte(op.end)
    indexed(op.localGet, local)
  }
  function place(one: Place): void {
    switch (one.what) {
      case 'nan':
        return canonical(one.type, firstNan + nans.indexOf(one.type))
      case 'global':
        return indexed(one.opcode, one.index + 1)
      case 'local':
        return indexed(one.opcode, one.index + handedParams)
      case 'return':
        return indexed(op.br, one.depth)
      case 'call':
        return call(one)
      case 'bulk':
        indexed(op.localTee, temporary)
        handed?.tell()
        indexed(op.localGet, temporary)
        indexed(op.call, indexes.pay)
        out.copy(bytes, one.at, one.next)
        return refresh()
      case 'grow':
        indexed(op.localTee, temporary)
        out.copy(bytes, one.at, one.next)
        handed?.tell()
        indexed(op.localGet, temporary)
        indexed(op.call, bytes[one.at] === op.memoryGrow ? indexes.grownMemory : indexes.grown)
        return refresh()
    }
  }

  const [localsStart, localsEnd] = body.locals
  out.u32(body.localGroups + (hasCopy ? 1 : 0) + (needsTemporary ? 1 : 0) + nans.length)
  out.copy(bytes, localsStart, localsEnd)
  if (hasCopy) out.bytes([1, i64Type])
  if (needsTemporary) out.bytes([1, i32Type])
  for (const nan of nans) out.bytes([1, canonicalNan[nan].valueType])
  enter()
  if (weight > 0) openWhole()
  let from = body.code[0]
  let segment = 1
  for (const one of places) {
    if (one.what === 'local' && !handed) continue
    pay(one.at)
    out.copy(bytes, from, one.at)
    place(one)
    from = one.next
  }
  pay(body.code[1])
  out.copy(bytes, from, body.code[1])
  if (handed) handed.leave()
  else if (weight > 0) count(weight)
  if (weight > 0) out.byte(op.end)

  /** What follows is a block, so that a return is a branch to its end, where the stack is given back. */
  function openWhole(): void {
    const { results } = type
    out.byte(op.block)
    if (results.length === 0) out.byte(emptyType)
    else if (results.length === 1) out.byte(results[0]!)
    else out.signed(indexes.typeOf([], results))
  }
  /** Copies up to each segment that begins before `end`, or there, and charges for it. */
  function pay(end: number): void {
    for (; segment < segments.length && segments[segment]!.at <= end; segment++) {
      const { at, cost, isChecked, mayTrap } = segments[segment]!
      const isTold = mayTrap && isHanded
      if (cost === 0 && !isChecked && !isTold) continue
      out.copy(bytes, from, at)
      from = at
      if (cost > 0 || isTold) count(-cost * fuelUnit, { mayTrap })
      if (isChecked) stopWhereFuelIsOut()
    }
  }
}

/** By how much the segments that were being paid for at a call have grown behind it. @param paid segments and costs, by turns */
function paidEarly({ segments }: Body, paid: readonly number[]): number {
  let early = 0
  for (let i = 0; i < paid.length; i += 2) early += segments[paid[i]!]!.cost - paid[i + 1]!
  return early
}

/**
 * Functions that the module gets: what they take and give, and their bodies.
 * @param start the module's own start function
 * @param promisedPages up to which the memory must grow, where a machine that cannot give them may not show it to the program
 */
export function addedFunctions(
  { meter, grown }: { readonly meter: number; readonly grown: number },
  start: number | undefined,
  promisedPages: number | undefined,
) {
  // −1 although what is there and what was asked for stay within the promise
  const keepsPromise =
    promisedPages === undefined
      ? []
      : [
          ...[op.localGet, 0, 0x41, 0x7f, 0x46, op.if, emptyType], // i32.const −1, i32.eq
          ...[0x3f, 0, 0xad, op.localGet, 1, 0xad, op.i64Add], // memory.size, both i64.extend_i32_u
          ...[op.i64Const, ...signedBig(BigInt(promisedPages)), 0x58, op.if, emptyType], // i64.le_u
          ...[op.i64Const, ...signedBig(machineFailed), op.globalSet, ...u32Bytes(meter), op.unreachable],
          ...[op.end, op.end],
        ]
  const charge = (operand: number): number[] => [
    ...[op.globalGet, ...u32Bytes(meter), op.localGet, operand, 0xad], // i64.extend_i32_u
    ...[op.i64Const, 16, 0x86, op.i64Subtract, op.globalSet, ...u32Bytes(meter)], // i64.shl
    ...[op.globalGet, ...u32Bytes(meter), op.i64Const, 0, op.i64LessSigned],
    ...[op.if, emptyType, op.unreachable, op.end],
  ]
  const count = (units: number): number[] => [
    ...[op.globalGet, ...u32Bytes(meter), op.i64Const, ...signedBig(BigInt(units * fuelUnit))],
    ...[op.i64Subtract, op.globalSet, ...u32Bytes(meter)],
  ]
  return {
    pay: { params: [i32Type], results: [], body: [0, ...charge(0), op.end] },
    // result of the growth, and what was asked for: −1 costs nothing more
    grown: {
      params: [i32Type, i32Type],
      results: [i32Type],
      body: [
        0,
        ...[op.localGet, 0, 0x41, 0x7f, 0x47, op.if, emptyType], // i32.const −1, i32.ne
        ...charge(1),
        ...[op.end, op.localGet, 0, op.end],
      ],
    },
    grownMemory: {
      params: [i32Type, i32Type],
      results: [i32Type],
      body: [0, ...keepsPromise, op.localGet, 0, op.localGet, 1, op.call, ...u32Bytes(grown), op.end],
    },
    // one unit to enter, one to call
    start:
      start === undefined
        ? undefined
        : { params: [], results: [], body: [0, ...count(2), op.call, ...u32Bytes(start), op.end] },
  } as const
}

/** Signed LEB128 of the 64-bit number with these bits. */
function signedBig(bits: bigint): number[] {
  const bytes: number[] = []
  for (let rest = BigInt.asIntN(64, bits); ; rest >>= 7n) {
    const part = Number(rest & 127n)
    const after = rest >> 7n
    const isLast = (after === 0n && part < 64) || (after === -1n && part >= 64)
    bytes.push(isLast ? part : part + 128)
    if (isLast) return bytes
  }
}
