import { concatBytes } from '../kernel/bytes.ts'
import { u32Bytes } from './module-reader.ts'

/** A module as one says it, section by section, each entry in the bytes of the format behind its name. */
export type Assembly = {
  readonly types?: readonly (readonly number[])[]
  readonly imports?: readonly (readonly number[])[]
  readonly tables?: readonly (readonly number[])[]
  readonly memories?: readonly (readonly number[])[]
  readonly globals?: readonly (readonly number[])[]
  readonly exports?: readonly (readonly number[])[]
  readonly start?: number
  readonly elements?: readonly (readonly number[])[]
  /** Said where code initialises memory from data. */
  readonly dataCount?: number
  readonly functions?: readonly AssembledFunction[]
  readonly data?: readonly (readonly number[])[]
}

export type AssembledFunction = {
  readonly type?: number
  /** So many numbers of 32 bits. */
  readonly locals?: number
  /** Or one of each of these. */
  readonly localTypes?: readonly number[]
  readonly code: readonly number[]
}

export const moduleHeader = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]

/** Bytes of a module. What makes no sense is written as it is said: tests and the corpus of hostile programs want that too. */
export function assemble(said: Assembly): Uint8Array<ArrayBuffer> {
  const functions = said.functions ?? []
  const bodies = functions.map(({ locals = 0, localTypes, code }) => {
    const counted = locals > 0 ? [1, ...u32Bytes(locals), i32Type] : [0]
    const declared = localTypes ? [...u32Bytes(localTypes.length), ...localTypes.flatMap((type) => [1, type])] : counted
    return Uint8Array.from([...declared, ...code, 0x0b])
  })
  return concatBytes([
    Uint8Array.from(moduleHeader),
    listSection(1, said.types),
    listSection(2, said.imports),
    listSection(
      3,
      functions.map(({ type = 0 }) => u32Bytes(type)),
    ),
    listSection(4, said.tables),
    listSection(5, said.memories),
    listSection(6, said.globals),
    listSection(7, said.exports),
    said.start === undefined ? nothing : section(8, [Uint8Array.from(u32Bytes(said.start))]),
    listSection(9, said.elements),
    said.dataCount === undefined ? nothing : section(12, [bytesOf(u32Bytes(said.dataCount))]),
    bodies.length === 0
      ? nothing
      : section(10, [
          bytesOf(u32Bytes(bodies.length)),
          ...bodies.flatMap((body) => [bytesOf(u32Bytes(body.length)), body]),
        ]),
    listSection(11, said.data),
  ])
}

/** A section of any kind, with what stands in it. */
export function section(id: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concatBytes(parts)
  return concatBytes([bytesOf([id, ...u32Bytes(content.length)]), content])
}

const listSection = (id: number, items: readonly (readonly number[])[] = []): Uint8Array<ArrayBuffer> =>
  items.length === 0 ? nothing : section(id, [bytesOf(u32Bytes(items.length)), ...items.map(bytesOf)])

const nothing = new Uint8Array(0)
const bytesOf = (values: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values)

/** A name as the format writes it. */
export function nameBytes(text: string): number[] {
  const bytes = [...text].map((letter) => letter.charCodeAt(0) & 0xff)
  return [...u32Bytes(bytes.length), ...bytes]
}

export const i32Type = 0x7f
export const i64Type = 0x7e
/** Type of a function: what it takes and what it gives. */
export const functionType = (params: readonly number[], results: readonly number[] = []): number[] => [
  0x60,
  params.length,
  ...params,
  results.length,
  ...results,
]
export const importFunction = (from: string, name: string, type: number): number[] => [
  ...nameBytes(from),
  ...nameBytes(name),
  0,
  ...u32Bytes(type),
]
export const exportOf = (name: string, kind: 'function' | 'table' | 'memory' | 'global', index: number): number[] => [
  ...nameBytes(name),
  ['function', 'table', 'memory', 'global'].indexOf(kind),
  ...u32Bytes(index),
]

/** `i32.const`, in signed LEB128. */
export function i32(value: number): number[] {
  const bytes = [0x41]
  for (let rest = value | 0; ; rest >>= 7) {
    const part = rest & 0x7f
    const isLast = (rest >> 7 === 0 && part < 64) || (rest >> 7 === -1 && part >= 64)
    bytes.push(isLast ? part : part | 0x80)
    if (isLast) return bytes
  }
}
/** Again and again. */
export const loop = (...body: readonly number[]): number[] => [0x03, 0x40, ...body, 0x0c, 0x00, 0x0b]
export const call = (index: number): number[] => [0x10, ...u32Bytes(index)]
export const drop = 0x1a
