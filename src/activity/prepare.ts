import { ok, type Result, refuse } from '../kernel/result.ts'
import { type MeterCode, type Metered, meterModule } from './metering/meter.ts'
import type { CoreKind, ModuleCode } from './module.ts'
import { limitMemory } from './module-limit.ts'

/** A module as workers run it: inspected, its memory and tables bounded, metered. */
export type PreparedModule = Metered & { readonly runtime: CoreKind }

export type PrepareOptions = {
  readonly memoryPages: number
  /** Whether it must compute the same on every machine. */
  readonly isDeterministic?: boolean
}
export type PrepareCode = ModuleCode | MeterCode | 'cannot-be-deterministic'

/** What has another outcome from one machine, or one moment, to the next. None of it is metered either. */
const differing: ReadonlySet<unknown> = new Set(['threads', 'relaxed vectors'])

/** What a module goes through before it is compiled. Never throws. */
export function prepareModule(
  bytes: Uint8Array,
  { runtime, memoryPages, isDeterministic = false }: PrepareOptions & { readonly runtime: CoreKind },
): Result<PreparedModule, PrepareCode> {
  const limited = limitMemory(bytes, memoryPages, runtime)
  const metered = limited.ok ? meterModule(limited.value, { isDeterministic }) : limited
  if (metered.ok) return ok({ ...metered.value, runtime })
  if (!isDeterministic || !differing.has(metered.facts['feature'])) return metered
  return refuse('cannot-be-deterministic', { because: metered.facts['feature'] ?? '' })
}
