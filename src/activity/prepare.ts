import type { Result } from '../kernel/result.ts'
import { type MeterCode, type Metered, meterModule } from './metering/meter.ts'
import type { ModuleCode } from './module.ts'
import { limitMemory } from './module-limit.ts'

/** A module as workers run it: inspected, its memory and tables bounded, metered. */
export type PreparedModule = Metered

/** What a module goes through before it is compiled. Never throws. */
export function prepareModule(
  bytes: Uint8Array,
  { memoryPages }: { readonly memoryPages: number },
): Result<PreparedModule, ModuleCode | MeterCode> {
  const limited = limitMemory(bytes, memoryPages)
  return limited.ok ? meterModule(limited.value) : limited
}
