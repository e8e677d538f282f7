import { byte, readerOf, sections, skip, u32 } from '../module-reader.ts'
import { newOperator, readOperator } from './operator.ts'
import { newWriter } from './writer.ts'

/** Name of the exported global that `meterSlowly` counts down. */
export const slowExport = 'slow'

/**
 * The same module with a charge before every single operator: nothing is merged or paid in advance, so it is plain that it counts right.
 * For modules with a type, a function, an export and a code section, no global and no custom one.
 */
export function meterSlowly(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = newWriter(bytes.length * 8)
  const parts = sections(bytes) ?? []
  const charge = [0x23, 0, 0x42, 0x7f, 0x7c, 0x24, 0] // global.get, i64.const −1, i64.add, global.set
  out.copy(bytes, 0, 8)
  for (const { id, start, end } of parts) {
    if (id === 7) {
      out.byte(6)
      out.sized(() => out.bytes([1, 0x7e, 1, 0x42, 0, 0x0b]))
    }
    out.byte(id)
    out.sized(() => {
      const reader = readerOf(bytes, start, end)
      if (id === 7) {
        out.u32(u32(bytes, reader) + 1)
        out.copy(bytes, reader.at, end)
        out.bytes([slowExport.length, ...[...slowExport].map((letter) => letter.charCodeAt(0)), 3, 0])
      } else if (id === 10) {
        const count = u32(bytes, reader)
        out.u32(count)
        for (let i = 0; i < count; i++) {
          const size = u32(bytes, reader)
          out.sized(() => body(reader.at, reader.at + size))
          skip(reader, size)
        }
      } else out.copy(bytes, start, end)
    })
  }
  return out.done()

  function body(start: number, end: number): void {
    const reader = readerOf(bytes, start, end)
    const groups = u32(bytes, reader)
    for (let i = 0; i < groups; i++) {
      u32(bytes, reader)
      byte(bytes, reader)
    }
    out.copy(bytes, start, reader.at)
    out.bytes(charge)
    const operator = newOperator()
    while (reader.at < end) {
      const at = reader.at
      readOperator(bytes, reader, operator)
      if (operator.cost === 1) out.bytes(charge)
      out.copy(bytes, at, reader.at)
    }
  }
}
