import { type Reader, readerOf, skip, u32 } from '../module-reader.ts'
import { kind, newOperator, readOperator } from './operator.ts'
import type { Shape } from './shape.ts'

type Seen = { readonly reference: (index: number) => void; readonly global: (index: number) => void }

/** Tells what the constant expressions of a module name: those of its globals, and of what is put into its tables and memory. */
export function readConstants(bytes: Uint8Array, shape: Shape, seen: Seen): void {
  const operator = newOperator()
  const expression = (reader: Reader): void => {
    while (!reader.bad) {
      if (readOperator(bytes, reader, operator) !== undefined || operator.kind === kind.end) return
      if (operator.kind === kind.refFunc) seen.reference(operator.index)
      if (operator.kind === kind.global) seen.global(operator.index)
    }
  }
  const entries = (id: number, entry: (reader: Reader) => void): void => {
    const part = shape.sections.find((section) => section.id === id)
    if (!part) return
    const reader = readerOf(bytes, part.start, part.end)
    const count = u32(bytes, reader)
    for (let i = 0; i < count && !reader.bad; i++) entry(reader)
  }
  entries(6, (reader) => {
    skip(reader, 2) // type and whether it changes
    expression(reader)
  })
  entries(9, (reader) => {
    // Bit 0: not placed by itself; bit 1: names its table, or is only declared; bit 2: expressions instead of indexes.
    const flags = u32(bytes, reader)
    if ((flags & 3) === 2) u32(bytes, reader)
    if ((flags & 1) === 0) expression(reader)
    if ((flags & 3) !== 0) skip(reader, 1)
    const count = u32(bytes, reader)
    for (let i = 0; i < count && !reader.bad; i++)
      if (flags & 4) expression(reader)
      else seen.reference(u32(bytes, reader))
  })
  entries(11, (reader) => {
    // 1: not placed by itself; 2: names its memory.
    const flags = u32(bytes, reader)
    if (flags === 2) u32(bytes, reader)
    if (flags !== 1) expression(reader)
    skip(reader, u32(bytes, reader))
  })
}

/** Whether a constant reads a global of the module's own, which WebAssembly 3.0 allows: it would be another one behind the meter. */
export function namesOwnGlobals(bytes: Uint8Array, shape: Shape): boolean {
  let found = false
  readConstants(bytes, shape, {
    reference: () => {},
    global: (index) => {
      found ||= index >= shape.importedGlobals
    },
  })
  return found
}
