import { type ComponentFunction, nameInGlue, type PlainType } from '../../activity/component-functions.ts'
import type { TaskInput } from '../../activity/task.ts'
import { readValue, type Value, type ValueText, valueText } from '../../activity/value-text.ts'
import { CallNotAllowed } from './guest-entry.ts'

type Called = (...values: Value[]) => Value | undefined

/**
 * Calls the function of a component that the task names. The glue would make something of any value; here each must be of its type.
 * @throws what the component throws; CallNotAllowed
 * @returns what it gave
 */
export function callFunction(
  exports: Readonly<Record<string, unknown>>,
  functions: readonly ComponentFunction[],
  { invoke = '', params = [] }: Pick<TaskInput, 'invoke' | 'params'>,
): readonly ValueText[] {
  const wanted = functions.find(({ name }) => name === invoke)
  const property = nameInGlue(invoke)
  const called = wanted && Object.hasOwn(exports, property) ? exports[property] : undefined
  if (!wanted || typeof called !== 'function')
    throw new CallNotAllowed(`no function ${JSON.stringify(invoke.slice(0, 80))} with plain values is exported`)
  if (params.length !== wanted.params.length)
    throw new CallNotAllowed(`${invoke} takes ${wanted.params.length} values, not ${params.length}`)
  const values = wanted.params.map((type, at) => typed(type, readValue(params[at] ?? ''), at))
  const given = (called as Called)(...values)
  return given === undefined ? [] : [valueText(given)]
}

function typed(type: PlainType, value: Value | undefined, at: number): Value {
  if (value !== undefined && isOf[type](value)) return value
  throw new CallNotAllowed(`value ${at} is no ${type}`)
}

const integer =
  (least: number, most: number) =>
  (value: Value): boolean =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
const long =
  (least: bigint, most: bigint) =>
  (value: Value): boolean =>
    typeof value === 'bigint' && value >= least && value <= most
const isNumber = (value: Value): boolean => typeof value === 'number'
/** One that stands for a character: half a pair is none. */
const isChar = (value: Value): boolean => typeof value === 'string' && /^[^\ud800-\udfff]$/u.test(value)

const isOf: Readonly<Record<PlainType, (value: Value) => boolean>> = {
  bool: (value) => typeof value === 'boolean',
  s8: integer(-(2 ** 7), 2 ** 7 - 1),
  u8: integer(0, 2 ** 8 - 1),
  s16: integer(-(2 ** 15), 2 ** 15 - 1),
  u16: integer(0, 2 ** 16 - 1),
  s32: integer(-(2 ** 31), 2 ** 31 - 1),
  u32: integer(0, 2 ** 32 - 1),
  s64: long(-(2n ** 63n), 2n ** 63n - 1n),
  u64: long(0n, 2n ** 64n - 1n),
  f32: isNumber,
  f64: isNumber,
  char: isChar,
  string: (value) => typeof value === 'string',
}
