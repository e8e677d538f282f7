import { byte, type Reader, skip, u32 } from '../module-reader.ts'
import { isPlainType, isReferenceType } from './value-types.ts'

/** What an operator is to the meter. */
export const kind = {
  plain: 0,
  block: 1,
  loop: 2,
  if: 3,
  else: 4,
  end: 5,
  br: 6,
  brIf: 7,
  brTable: 8,
  return: 9,
  unreachable: 10,
  call: 11,
  callIndirect: 12,
  /** Copies, fills or initialises so many bytes or entries as its last operand says. */
  bulk: 13,
  /** Adds so many pages or entries as its last operand says, or gives −1. */
  grow: 14,
  refFunc: 15,
  local: 16,
  global: 17,
} as const
export type Kind = (typeof kind)[keyof typeof kind]

/** One operator as it was read; the same object is filled again and again. */
export type Operator = {
  kind: Kind
  /** Its first byte, and behind a prefix the number that follows. */
  opcode: number
  sub: number
  /** Units of fuel it costs whoever executes it: 0 or 1. */
  cost: 0 | 1
  /** Function, type, local, global or label; of `br_table` the default label. */
  index: number
  /** Labels of a `br_table` but for the default. */
  labels: number[]
  /** Of a block: −1 no result, −2 one result, else the index of its type. */
  blockType: number
  /** How many values more there are on the stack after it; of calls and blocks that is for the reader's reader. */
  delta: number
  /** Whether it handles 128-bit vectors. */
  isVector: boolean
}

export const newOperator = (): Operator => ({
  kind: kind.plain,
  opcode: 0,
  sub: 0,
  cost: 0,
  index: 0,
  labels: [],
  blockType: -1,
  delta: 0,
  isVector: false,
})

/** How the immediates of a plain operator are written. */
const none = 0
const one = 1 // one number
const two = 2 // two numbers
const memory = 3 // alignment and offset
const fourBytes = 4
const eightBytes = 5
const types = 6 // a list of value types
const reference = 7 // a type of references
const local = 8
const global = 9
const refused = 255

/** Layout and effect on the height of the stack, by opcode. */
const layouts = new Uint8Array(256).fill(refused)
const deltas = new Int8Array(256)
function each(from: number, to: number, layout: number, delta: number): void {
  layouts.fill(layout, from, to + 1)
  deltas.fill(delta, from, to + 1)
}
each(0x01, 0x01, none, 0) // nop
each(0x1a, 0x1a, none, -1) // drop
each(0x1b, 0x1b, none, -2) // select
each(0x1c, 0x1c, types, -2)
each(0x20, 0x20, local, 1) // local.get
each(0x21, 0x21, local, -1)
each(0x22, 0x22, local, 0)
each(0x23, 0x23, global, 1) // global.get
each(0x24, 0x24, global, -1)
each(0x25, 0x25, one, 0) // table.get
each(0x26, 0x26, one, -2)
each(0x28, 0x35, memory, 0) // loads
each(0x36, 0x3e, memory, -2) // stores
each(0x3f, 0x3f, one, 1) // memory.size
each(0x41, 0x42, one, 1) // constants, signed numbers are as long as unsigned ones
each(0x43, 0x43, fourBytes, 1)
each(0x44, 0x44, eightBytes, 1)
each(0x45, 0x45, none, 0) // eqz
each(0x46, 0x4f, none, -1)
each(0x50, 0x50, none, 0)
each(0x51, 0x66, none, -1) // comparisons
each(0x67, 0x69, none, 0)
each(0x6a, 0x78, none, -1)
each(0x79, 0x7b, none, 0)
each(0x7c, 0x8a, none, -1)
each(0x8b, 0x91, none, 0)
each(0x92, 0x98, none, -1)
each(0x99, 0x9f, none, 0)
each(0xa0, 0xa6, none, -1)
each(0xa7, 0xc4, none, 0) // conversions
each(0xd0, 0xd0, reference, 1) // ref.null
each(0xd1, 0xd1, none, 0)

/** Whether a plain operator of this opcode may trap; more are named than do. */
export const mayTrap = (opcode: number): boolean =>
  !(
    (
      (opcode >= 0x1a && opcode <= 0x24) || // drop, select, variables
      (opcode >= 0x41 && opcode <= 0x6c) || // constants, comparisons, i32 up to its product
      (opcode >= 0x71 && opcode <= 0x7e) || // i32 behind its remainders, i64 up to its product
      (opcode >= 0x83 && opcode <= 0xa7)
    ) // i64 behind its remainders, floats
  )

/** What is not metered yet, by the first byte of its operators, as whoever is refused reads it. */
const features: Readonly<Record<number, string>> = {
  6: 'exceptions',
  7: 'exceptions',
  8: 'exceptions',
  9: 'exceptions',
  10: 'exceptions',
  24: 'exceptions',
  25: 'exceptions',
  31: 'exceptions',
  18: 'tail calls',
  19: 'tail calls',
  20: 'typed function references',
  21: 'typed function references',
  211: 'garbage collection',
  212: 'typed function references',
  213: 'typed function references',
  214: 'typed function references',
  251: 'garbage collection',
  254: 'threads',
}

/**
 * Reads one operator. The reader turns bad where there is none that can be metered.
 * @returns the feature that is refused, or undefined
 */
export function readOperator(bytes: Uint8Array, reader: Reader, into: Operator): string | undefined {
  const opcode = byte(bytes, reader)
  into.kind = kind.plain
  into.opcode = opcode
  into.cost = 1
  into.isVector = false
  const layout = layouts[opcode]!
  if (layout !== refused) {
    into.delta = deltas[opcode]!
    if (opcode === 0x01 || opcode === 0x1a) into.cost = 0
    if (layout === local || layout === global) {
      into.kind = layout === local ? kind.local : kind.global
      into.index = u32(bytes, reader)
    } else if (layout === types || layout === reference) return namedTypes(bytes, reader, layout)
    else immediates(bytes, reader, layout)
    return undefined
  }
  return readOther(bytes, reader, into, opcode)
}

function immediates(bytes: Uint8Array, reader: Reader, layout: number): void {
  if (layout === none) return
  if (layout === one) skipNumber(bytes, reader)
  else if (layout === memory) skipMemory(bytes, reader)
  else if (layout === two) {
    skipNumber(bytes, reader)
    skipNumber(bytes, reader)
  } else if (layout === fourBytes) skip(reader, 4)
  else if (layout === eightBytes) skip(reader, 8)
}

/** Types of one byte alone: whoever reads others by one byte goes on in the midst of them. */
function namedTypes(bytes: Uint8Array, reader: Reader, layout: number): string | undefined {
  const count = layout === types ? u32(bytes, reader) : 1
  const fits = layout === types ? isPlainType : isReferenceType
  for (let i = 0; i < count && !reader.bad; i++) if (!fits(byte(bytes, reader))) return 'typed function references'
  return undefined
}

function readOther(bytes: Uint8Array, reader: Reader, into: Operator, opcode: number): string | undefined {
  into.delta = 0
  switch (opcode) {
    case 0x00:
      return control(into, kind.unreachable, 0, 0)
    case 0x02:
    case 0x03:
    case 0x04:
      into.blockType = blockType(bytes, reader)
      if (into.blockType < -2) return 'typed function references'
      if (opcode === 0x04) return control(into, kind.if, 1, -1)
      return control(into, opcode === 0x02 ? kind.block : kind.loop, 0, 0)
    case 0x05:
      return control(into, kind.else, 0, 0)
    case 0x0b:
      return control(into, kind.end, 0, 0)
    case 0x0c:
      into.index = u32(bytes, reader)
      return control(into, kind.br, 1, 0)
    case 0x0d:
      into.index = u32(bytes, reader)
      return control(into, kind.brIf, 1, -1)
    case 0x0e:
      readLabels(bytes, reader, into)
      return control(into, kind.brTable, 1, -1)
    case 0x0f:
      return control(into, kind.return, 0, 0)
    case 0x10:
      into.index = u32(bytes, reader)
      return control(into, kind.call, 1, 0)
    case 0x11:
      into.index = u32(bytes, reader)
      skipNumber(bytes, reader)
      return control(into, kind.callIndirect, 1, -1)
    case 0x40:
      skipNumber(bytes, reader)
      return control(into, kind.grow, 1, 0)
    case 0xd2:
      into.index = u32(bytes, reader)
      return control(into, kind.refFunc, 1, 1)
    case 0xfc:
      return readBulk(bytes, reader, into)
    case 0xfd:
      return readVector(bytes, reader, into)
  }
  reader.bad = true
  return features[opcode] ?? `operator 0x${opcode.toString(16)}`
}

function control(into: Operator, what: Kind, cost: 0 | 1, delta: number): undefined {
  into.kind = what
  into.cost = cost
  into.delta = delta
}

function readLabels(bytes: Uint8Array, reader: Reader, into: Operator): void {
  const count = u32(bytes, reader)
  into.labels.length = 0
  for (let i = 0; i < count && !reader.bad; i++) into.labels.push(u32(bytes, reader))
  into.index = u32(bytes, reader)
}

/** Empty, one value, or the index of a type; −3 for whatever else the format has, which is written as a negative number. */
function blockType(bytes: Uint8Array, reader: Reader): number {
  const first = reader.at < reader.end ? bytes[reader.at]! : 0
  if (first >= 0x40 && first <= 0x7f) {
    skip(reader, 1)
    if (first === 0x40) return -1
    return isPlainType(first) ? -2 : -3
  }
  const start = reader.at
  const index = u32(bytes, reader)
  const isNegative = reader.at - start < 5 && ((bytes[reader.at - 1] ?? 0) & 0x40) !== 0
  return isNegative ? -3 : index
}

/** 0xfc: conversions that saturate, and operators over memories and tables. */
function readBulk(bytes: Uint8Array, reader: Reader, into: Operator): string | undefined {
  const which = u32(bytes, reader)
  into.sub = which
  if (which <= 7) return control(into, kind.plain, 1, 0)
  switch (which) {
    case 9: // data.drop
    case 13: // elem.drop
      skipNumber(bytes, reader)
      return control(into, kind.plain, 1, 0)
    case 8: // memory.init
    case 10: // memory.copy
    case 12: // table.init
    case 14: // table.copy
      immediates(bytes, reader, two)
      return control(into, kind.bulk, 1, -3)
    case 11: // memory.fill
    case 17: // table.fill
      skipNumber(bytes, reader)
      return control(into, kind.bulk, 1, -3)
    case 15: // table.grow
      skipNumber(bytes, reader)
      return control(into, kind.grow, 1, -1)
    case 16: // table.size
      skipNumber(bytes, reader)
      return control(into, kind.plain, 1, 1)
  }
  reader.bad = true
  return `operator 0xfc ${which}`
}

/** 0xfd: vectors of 128 bits. Their effect on the height is taken for the largest that it may be. */
function readVector(bytes: Uint8Array, reader: Reader, into: Operator): string | undefined {
  const which = u32(bytes, reader)
  into.sub = which
  into.isVector = true
  into.delta = 0
  if (which <= 10 || which === 92 || which === 93) skipMemory(bytes, reader)
  else if (which === 11) {
    into.delta = -2
    skipMemory(bytes, reader)
  } else if (which === 12 || which === 13) {
    into.delta = which === 12 ? 1 : -1
    skip(reader, 16)
  } else if (which >= 21 && which <= 34) skip(reader, 1)
  else if (which >= 84 && which <= 91) {
    skipMemory(bytes, reader)
    skip(reader, 1)
  } else if (which >= 0x100) {
    reader.bad = true
    return 'relaxed vectors'
  }
  return undefined
}

/** A number of any width and sign, by its bytes alone. */
function skipNumber(bytes: Uint8Array, reader: Reader): void {
  for (let length = 0; length < 10; length++) if (byte(bytes, reader) < 0x80) return
  reader.bad = true
}

/** Alignment and offset. Bit 6 of the alignment would name a second memory. */
function skipMemory(bytes: Uint8Array, reader: Reader): void {
  if (u32(bytes, reader) >= 64) reader.bad = true
  skipNumber(bytes, reader)
}
