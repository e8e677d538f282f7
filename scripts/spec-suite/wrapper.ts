import { assemble, exportOf, functionType, importFunction } from '../../src/activity/assembler.ts'
import type { FunctionType } from '../../src/activity/metering/shape.ts'

const i32Type = 0x7f
const i64Type = 0x7e
const f32Type = 0x7d
const f64Type = 0x7c
const vectorType = 0x7b

/** Whether values pass between JavaScript and a program bit by bit: floats lose what kind of NaN they are, vectors do not pass. */
export const isPlain = ({ params, results }: FunctionType): boolean =>
  [...params, ...results].every((type) => type !== f32Type && type !== f64Type && type !== vectorType)

/**
 * A program that calls function `f` of module `m` with these constants and gives back the bits of what that gives: whole numbers,
 * two for a vector.
 * @param constants operators that put the arguments on the stack
 */
export function wrapperFor(type: FunctionType, constants: readonly number[]): WebAssembly.Module {
  const { results } = type
  const local = (code: number, i: number): number[] => [code, i]
  const code = [
    ...constants,
    0x10,
    0,
    ...results.flatMap((_, i) => local(0x21, results.length - 1 - i)),
    ...results.flatMap((result, i) => shown(result, local(0x20, i))),
  ]
  const bytes = assemble({
    types: [functionType(type.params, results), functionType([], results.flatMap(shownTypes))],
    imports: [importFunction('m', 'f', 0)],
    exports: [exportOf('run', 'function', 1)],
    functions: [{ type: 1, code, localTypes: results }],
  })
  return new WebAssembly.Module(bytes)
}

function shown(type: number, get: readonly number[]): number[] {
  if (type === f32Type) return [...get, 0xbc]
  if (type === f64Type) return [...get, 0xbd]
  if (type === vectorType) return [...get, 0xfd, 29, 0, ...get, 0xfd, 29, 1] // i64x2.extract_lane
  return [...get]
}

const shownTypes = (type: number): number[] => {
  if (type === f32Type) return [i32Type]
  if (type === f64Type) return [i64Type]
  return type === vectorType ? [i64Type, i64Type] : [type]
}
