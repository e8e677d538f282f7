import { byte, type Reader, readerOf, sections, skip, u32, u32Bytes } from '../module-reader.ts'
import { kind, newOperator, type Operator, readOperator } from './operator.ts'
import { readShape } from './shape.ts'
import { newWriter } from './writer.ts'

/** Name of the exported global that `meterSlowly` counts down. */
export const slowExport = 'slow'

/**
 * The same module with a charge before every single operator, and every NaN made the canonical one where it comes into being if that is
 * asked for: nothing is merged, put off or paid in advance, so it is plain that it counts and computes right. For modules with an
 * export section.
 */
export function meterSlowly(
  bytes: Uint8Array,
  { isDeterministic = false }: { readonly isDeterministic?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const shape = readShape(bytes)
  const globals = shape.ok ? shape.value.globals : 0
  const code = codeOf(globals)
  const out = newWriter(bytes.length * 12)
  const parts = sections(bytes) ?? []
  out.copy(bytes, 0, 8)
  for (const { id, start, end } of parts) {
    const reader = readerOf(bytes, start, end)
    if (id === 7 && !parts.some((part) => part.id === 6)) {
      out.byte(6)
      out.sized(() => out.bytes([code.globals.length, ...code.globals.flat()]))
    }
    out.byte(id)
    out.sized(() => {
      if (id === 6) {
        out.u32(u32(bytes, reader) + code.globals.length)
        out.copy(bytes, reader.at, end)
        out.bytes(code.globals.flat())
      } else if (id === 7) {
        out.u32(u32(bytes, reader) + 1)
        out.copy(bytes, reader.at, end)
        out.bytes([
          slowExport.length,
          ...[...slowExport].map((letter) => letter.charCodeAt(0)),
          3,
          ...u32Bytes(globals),
        ])
      } else if (id === 10) {
        const count = u32(bytes, reader)
        out.u32(count)
        for (let i = 0; i < count; i++) {
          const size = u32(bytes, reader)
          out.sized(() => body(readerOf(bytes, reader.at, reader.at + size)))
          skip(reader, size)
        }
      } else out.copy(bytes, start, end)
    })
  }
  return out.done()

  function body(reader: Reader): void {
    const start = reader.at
    const groups = u32(bytes, reader)
    for (let i = 0; i < groups; i++) {
      u32(bytes, reader)
      byte(bytes, reader)
    }
    out.copy(bytes, start, reader.at)
    out.bytes(code.charge)
    const operator = newOperator()
    while (reader.at < reader.end) {
      const at = reader.at
      readOperator(bytes, reader, operator)
      if (operator.cost === 1) out.bytes(code.charge)
      if (operator.kind === kind.bulk) out.bytes(code.beforeBulk)
      if (operator.kind === kind.grow) out.bytes(code.beforeGrowth)
      out.copy(bytes, at, reader.at)
      if (operator.kind === kind.grow) out.bytes(code.afterGrowth)
      const nan = isDeterministic ? nanOf(operator) : undefined
      if (nan) out.bytes(code.canonical[nan])
    }
  }
}

/** What is put between operators. Values are kept in globals of their own, behind those of the module. */
function codeOf(globals: number) {
  const [count, asked, grown, f32, f64, v128] = Array.from({ length: 6 }, (_, i) => u32Bytes(globals + i))
  const get = (index: readonly number[] | undefined): number[] => [0x23, ...index!]
  const set = (index: readonly number[] | undefined): number[] => [0x24, ...index!]
  const nan32 = [0x00, 0x00, 0xc0, 0x7f]
  const nan64 = [0, 0, 0, 0, 0, 0, 0xf8, 0x7f]
  const wide = (constant: readonly number[], differs: number): number[] => [
    ...set(v128),
    ...[0xfd, 12, ...constant],
    ...[...get(v128), ...get(v128), ...get(v128), 0xfd, differs, 0xfd, 82], // bitselect by what differs from itself
  ]
  return {
    globals: [
      [0x7e, 1, 0x42, 0, 0x0b],
      [0x7f, 1, 0x41, 0, 0x0b],
      [0x7f, 1, 0x41, 0, 0x0b],
      [0x7d, 1, 0x43, 0, 0, 0, 0, 0x0b],
      [0x7c, 1, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b],
      [0x7b, 1, 0xfd, 12, ...Array<number>(16).fill(0), 0x0b],
    ],
    charge: [...get(count), 0x42, 0x7f, 0x7c, ...set(count)], // i64.const −1, i64.add
    beforeBulk: [...set(asked), ...get(count), ...get(asked), 0xad, 0x7d, ...set(count), ...get(asked)],
    beforeGrowth: [...set(asked), ...get(asked)],
    afterGrowth: [
      ...set(grown),
      // what was asked for, or nothing where the result is −1
      ...[...get(count), ...get(asked), 0xad, 0x42, 0, ...get(grown), 0x41, 0x7f, 0x47, 0x1b, 0x7d, ...set(count)],
      ...get(grown),
    ],
    canonical: {
      f32: [...set(f32), 0x43, ...nan32, ...get(f32), ...get(f32), ...get(f32), 0x5c, 0x1b],
      f64: [...set(f64), 0x44, ...nan64, ...get(f64), ...get(f64), ...get(f64), 0x62, 0x1b],
      f32x4: wide([...nan32, ...nan32, ...nan32, ...nan32], 0x42),
      f64x2: wide([...nan64, ...nan64], 0x48),
    },
  }
}

/** What kind of NaN of the engine's choice an operator may give: arithmetic, rounding and conversion, as the specification says. */
function nanOf({ opcode, sub }: Operator): 'f32' | 'f64' | 'f32x4' | 'f64x2' | undefined {
  if ((opcode >= 0x8d && opcode <= 0x97) || opcode === 0xb6) return 'f32'
  if ((opcode >= 0x9b && opcode <= 0xa5) || opcode === 0xbb) return 'f64'
  if (opcode !== 0xfd) return undefined
  if ((sub >= 103 && sub <= 106) || (sub >= 227 && sub <= 233) || sub === 94) return 'f32x4'
  if ([116, 117, 122, 148, 95].includes(sub) || (sub >= 239 && sub <= 245)) return 'f64x2'
  return undefined
}
