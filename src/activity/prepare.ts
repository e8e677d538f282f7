import { ok, type Result } from '../kernel/result.ts'
import type { PreparedComponent } from './component-prepare.ts'
import { readAhead } from './metering/ahead.ts'
import type { Bodies } from './metering/bodies.ts'
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

type PrepareHow = PrepareOptions & { readonly runtime: CoreKind }

/** What a module goes through before it is compiled. Never throws. @param bodies what was read of it already, to be counted in the same way */
export function prepareModule(
  bytes: Uint8Array,
  { runtime, memoryPages, isDeterministic = false, bodies }: PrepareHow & { readonly bodies?: Bodies | undefined },
): Result<PreparedModule, PrepareCode> {
  const limited = limitMemory(bytes, memoryPages, runtime)
  const metered = limited.ok ? meterModule(bytes, { isDeterministic, sections: limited.value, bodies }) : limited
  return metered.ok ? ok({ ...metered.value, runtime }) : sameEverywhere(metered, isDeterministic)
}

/** A module on its way, read while it arrives. */
export type ArrivingModule = {
  /** The bytes behind those that came before. Never throws. */
  take(bytes: Uint8Array): void
  /** With the last bytes: what `prepareModule` says of the whole. */
  prepare(rest: Uint8Array): Result<PreparedModule, PrepareCode>
}

/** @param sizeBytes of the whole, which takes that much memory from now on */
export function arrivingModule(sizeBytes: number, how: PrepareHow): ArrivingModule {
  const bytes = new Uint8Array(sizeBytes)
  const ahead = readAhead(bytes, { isDeterministic: how.isDeterministic ?? false, isShared: false })
  let arrivedBytes = 0
  function take(more: Uint8Array): void {
    bytes.set(more.subarray(0, sizeBytes - arrivedBytes), arrivedBytes)
    arrivedBytes = Math.min(sizeBytes, arrivedBytes + more.length)
    ahead.goOn(arrivedBytes)
  }
  return {
    take,
    prepare(rest) {
      take(rest)
      return prepareModule(bytes.subarray(0, arrivedBytes), { ...how, bodies: ahead.bodies })
    },
  }
}
