import { budgetOf, meterExport, mostFuel, readMeter, startExport } from '../../src/activity/metering/budget.ts'
import type { Metered } from '../../src/activity/metering/meter.ts'
import { type FunctionType, readShape } from '../../src/activity/metering/shape.ts'
import { listOf } from '../../src/activity/module.ts'
import { type Reader, sections, skip, u32 } from '../../src/activity/module-reader.ts'

export type Exports = Record<string, WebAssembly.ExportValue>

/** One instance, with what is known of the functions that it exports. */
export type Instance = {
  readonly exports: Exports
  readonly types: ReadonlyMap<string, FunctionType>
  readonly metered: Metered | undefined
}

/** How something ended: its values bit by bit, or a trap by its kind; and what it cost where that is counted. */
export type Ending = { readonly values: readonly unknown[] } | { readonly trap: string }

/** One of several lives of the same script: without the meter, or with it in one way. */
export type World = {
  readonly registry: Record<string, Exports>
  readonly named: Map<string, Instance>
  /** Every one that was made, since each may be called by another. */
  readonly all: Instance[]
  last: Instance | undefined
}

export const newWorld = (): World => ({
  registry: { spectest: spectest() },
  named: new Map(),
  all: [],
  last: undefined,
})

/** Makes an instance of the module: as it is, or metered and then begun like a task. */
export function instantiate(
  world: World,
  module: WebAssembly.Module,
  given: { readonly types: Instance['types']; readonly metered?: Metered | undefined },
): Instance | { readonly trap: string } {
  const { metered, types } = given
  let exports: Exports | undefined
  try {
    exports = new WebAssembly.Instance(module, world.registry as WebAssembly.Imports).exports as Exports
    if (metered) meterOf(exports)!.value = budgetOf(metered, mostFuel)
    if (metered?.hasStart) (exports[startExport] as () => void)()
    const instance = { exports, types, metered }
    world.all.push(instance)
    return instance
  } catch (cause) {
    return { trap: kindOf(cause, exports && meterOf(exports)) }
  }
}

/** A budget as in the beginning: a trap gives nothing back of what was in use. */
export function refill({ all }: World): void {
  for (const { exports, metered } of all) if (metered) meterOf(exports)!.value = budgetOf(metered, mostFuel)
}

/** The counter, where there is one. */
export const meterOf = (exports: Exports): WebAssembly.Global | undefined =>
  exports[meterExport] as WebAssembly.Global | undefined

/** What ended it, in words that are the same for whoever counts and whoever does not. */
export function kindOf(cause: unknown, meter: WebAssembly.Global | undefined): string {
  const isOut = meter && readMeter(meter.value, mostFuel).isOut
  if (isOut) return isOut
  if (cause instanceof RangeError) return 'stack'
  return cause instanceof WebAssembly.LinkError ? 'link' : String(cause)
}

/** Types of the functions that a module exports, by their names. */
export function exportedTypes(bytes: Uint8Array): ReadonlyMap<string, FunctionType> {
  const shape = readShape(bytes)
  if (!shape.ok) return new Map()
  const entry = (code: Uint8Array, reader: Reader): [string, number, number] => {
    const length = u32(code, reader)
    const text = new TextDecoder().decode(code.subarray(reader.at, reader.at + length))
    skip(reader, length)
    return [text, code[reader.at++]!, u32(code, reader)]
  }
  const functions = listOf(bytes, sections(bytes) ?? [], 7, entry).filter(([, kind]) => kind === 0)
  return new Map(functions.map(([text, , index]) => [text, shape.value.typeOf(index)!]))
}

/** What the suite's own host offers. */
function spectest(): Exports {
  const nothing = (): void => {}
  const prints = ['', '_i32', '_i64', '_f32', '_f64', '_i32_f32', '_f64_f64'].map((form) => [`print${form}`, nothing])
  const global = (value: WebAssembly.ValueType, initial: number | bigint) =>
    new WebAssembly.Global({ value }, initial as never)
  return {
    ...Object.fromEntries(prints),
    global_i32: global('i32', 666),
    global_i64: global('i64', 666n),
    global_f32: global('f32', 666.6),
    global_f64: global('f64', 666.6),
    table: new WebAssembly.Table({ initial: 10, maximum: 20, element: 'anyfunc' }),
    memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
  }
}
