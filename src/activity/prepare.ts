import { ok, type Result } from '../kernel/result.ts'
import { type MeterCode, type Metered, meterModule } from './metering/meter.ts'
import type { CoreKind, ModuleCode } from './module.ts'
import { limitMemory } from './module-limit.ts'

/** A module as workers run it: inspected, its memory and tables bounded, metered. */
export type PreparedModule = Metered & { readonly runtime: CoreKind }

/** What a module goes through before it is compiled. Never throws. */
export function prepareModule(
  bytes: Uint8Array,
  { runtime, memoryPages }: { readonly runtime: CoreKind; readonly memoryPages: number },
): Result<PreparedModule, ModuleCode | MeterCode> {
  const limited = limitMemory(bytes, memoryPages, runtime)
  const metered = limited.ok ? meterModule(limited.value) : limited
  return metered.ok ? ok({ ...metered.value, runtime }) : metered
}
