import { byte, type Reader, readerOf, u32 } from '../module-reader.ts'
import { kind, newOperator, readOperator } from './operator.ts'
import type { Shape } from './shape.ts'
import { isPlainType, isReferenceType } from './value-types.ts'

/**
 * Functions that tables may come to hold because an element segment or a global names them. Undefined where one is named that is not there,
 * or something cannot be read.
 */
export function functionsInTables(bytes: Uint8Array, shape: Shape): ReadonlySet<number> | undefined {
  const found = new Set<number>()
  const operator = newOperator()
  const isWhole = entries(6, global) && entries(9, segment)
  return isWhole && [...found].every((index) => shape.typeOf(index)) ? found : undefined

  function entries(id: number, entry: (reader: Reader) => void): boolean {
    const part = shape.sections.find((section) => section.id === id)
    if (!part) return true
    const reader = readerOf(bytes, part.start, part.end)
    const count = u32(bytes, reader)
    for (let i = 0; i < count && !reader.bad; i++) entry(reader)
    return !reader.bad && reader.at === part.end
  }
  function global(reader: Reader): void {
    if (!isPlainType(byte(bytes, reader))) reader.bad = true
    byte(bytes, reader) // whether it changes
    expression(reader)
  }
  /** Bit 0: not placed by itself; bit 1: names its table, or is only declared; bit 2: expressions instead of indexes. */
  function segment(reader: Reader): void {
    const flags = u32(bytes, reader)
    if (flags > 7) reader.bad = true
    if ((flags & 3) === 2) u32(bytes, reader)
    if ((flags & 1) === 0) expression(reader)
    if ((flags & 3) !== 0) {
      const type = byte(bytes, reader)
      if (flags & 4 ? !isReferenceType(type) : type !== 0) reader.bad = true
    }
    const count = u32(bytes, reader)
    for (let i = 0; i < count && !reader.bad; i++)
      if (flags & 4) expression(reader)
      else found.add(u32(bytes, reader))
  }
  function expression(reader: Reader): void {
    while (!reader.bad) {
      if (readOperator(bytes, reader, operator) !== undefined) reader.bad = true
      if (operator.kind === kind.end) return
      if (operator.kind === kind.refFunc) found.add(operator.index)
    }
  }
}
