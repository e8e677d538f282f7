import { startExport } from '../../activity/metering/budget.ts'
import type { CoreKind } from '../../activity/module.ts'
import type { TaskInput } from '../../activity/task.ts'
import { readValue, type Value, type ValueText, valueText } from '../../activity/value-text.ts'

type Exports = Readonly<Record<string, unknown>>

/** What a task asks for cannot be called so: nobody else could call it either. */
export class CallNotAllowed extends Error {
  override name = 'CallNotAllowed'
}

/**
 * Begins a program where its runtime says: the start function that the meter took out, then `_start`; or, of a module of
 * functions, `_initialize` where it is a reactor, and the function that the task names.
 * @throws what the program throws; CallNotAllowed
 * @returns what the function gave
 */
export function enter(
  exports: Exports,
  { runtime, hasStart }: { readonly runtime: CoreKind; readonly hasStart: boolean },
  input: TaskInput,
): readonly ValueText[] | undefined {
  if (hasStart) callable(exports, startExport)()
  if (runtime === 'wasi-p1') {
    callable(exports, '_start')()
    return undefined
  }
  const called = callable(exports, input.invoke ?? '')
  const params = (input.params ?? []).map(readValue)
  if (called.length !== params.length)
    throw new CallNotAllowed(`${input.invoke} takes ${called.length} values, not ${params.length}`)
  if (typeof exports['_initialize'] === 'function') exports['_initialize']()
  return valuesOf(call(called, checked(params)))
}

type Called = (...values: (number | bigint)[]) => unknown

function callable(exports: Exports, name: string): Called {
  const found = Object.hasOwn(exports, name) ? exports[name] : undefined
  if (typeof found !== 'function')
    throw new CallNotAllowed(`no function ${JSON.stringify(name.slice(0, 80))} is exported`)
  return found as Called
}

function checked(values: readonly (Value | undefined)[]): (number | bigint)[] {
  return values.map((value) => {
    if (typeof value !== 'number' && typeof value !== 'bigint')
      throw new CallNotAllowed('a value is neither a number nor a bigint')
    return value
  })
}

/** A number where a 64-bit integer is wanted, or the other way round, is a TypeError before the function begins. */
function call(called: Called, values: readonly (number | bigint)[]): unknown {
  try {
    return called(...values)
  } catch (cause) {
    throw cause instanceof TypeError ? new CallNotAllowed(cause.message) : cause
  }
}

function valuesOf(given: unknown): readonly ValueText[] {
  const values = given === undefined ? [] : Array.isArray(given) ? given : [given]
  return values.map((value) => {
    if (typeof value !== 'number' && typeof value !== 'bigint')
      throw new CallNotAllowed('the function gives a reference, which has no meaning outside')
    return valueText(value)
  })
}
