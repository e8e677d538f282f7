import { ok, type Result } from '../kernel/result.ts'
import type { PreparedComponent } from './component-prepare.ts'
import { type MeterCode, type Metered, meterModule } from './metering/meter.ts'
import type { CoreKind, ModuleCode } from './module.ts'
import { limitMemory } from './module-limit.ts'
import { sameEverywhere } from './same-everywhere.ts'

/** A module as workers run it: inspected, its memory and tables bounded, metered. */
export type PreparedModule = Metered & { readonly runtime: CoreKind }
/** A program of any kind, as workers run it. */
export type PreparedProgram = PreparedModule | PreparedComponent

export type PrepareOptions = {
  readonly memoryPages: number
  /** Whether it must compute the same on every machine. */
  readonly isDeterministic?: boolean
}
export type PrepareCode = ModuleCode | MeterCode | 'cannot-be-deterministic'

/** What a module goes through before it is compiled. Never throws. */
export function prepareModule(
  bytes: Uint8Array,
  { runtime, memoryPages, isDeterministic = false }: PrepareOptions & { readonly runtime: CoreKind },
): Result<PreparedModule, PrepareCode> {
  const limited = limitMemory(bytes, memoryPages, runtime)
  const metered = limited.ok ? meterModule(limited.value, { isDeterministic }) : limited
  return metered.ok ? ok({ ...metered.value, runtime }) : sameEverywhere(metered, isDeterministic)
}
