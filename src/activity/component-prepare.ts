import { ok, type Result, refuse } from '../kernel/result.ts'
import type { ComponentCode } from './component.ts'
import type { ComponentFunction } from './component-functions.ts'
import { inspectCore, limitCore } from './core-module.ts'
import { stackBytes } from './metering/budget.ts'
import { stackUnitBytes } from './metering/calls.ts'
import type { MeterModule } from './metering/meter.ts'
import type { PrepareCode, PrepareOptions } from './prepare.ts'
import { sameEverywhere } from './same-everywhere.ts'

/** A component as workers run it: glue, and core modules that are bounded and count together. */
export type PreparedComponent = {
  readonly runtime: 'component'
  /** A script whose value is a function that makes one instance: see `component-glue.ts`. */
  readonly glue: string
  readonly cores: readonly PreparedCore[]
  /** What its tasks may call. */
  readonly functions: readonly ComponentFunction[]
  /** What all of them together may use of the stack, in units, when they begin. */
  readonly stackUnits: number
}

export type PreparedCore = {
  /** As the glue asks for it. */
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly hasStart: boolean
  readonly hasMemory: boolean
}

export type CoreFile = readonly [name: string, bytes: Uint8Array]

/**
 * What the core modules of a component go through before they are compiled. Together they have the memory that a job's limit says,
 * one count of fuel, and one stack. Never throws.
 */
export function prepareCores(
  files: readonly CoreFile[],
  { memoryPages, isDeterministic = false, meter }: PrepareOptions & { readonly meter: MeterModule },
): Result<Omit<PreparedComponent, 'glue' | 'runtime' | 'functions'>, ComponentCode | PrepareCode> {
  let initialPages = 0
  let withMemory = 0
  for (const [, bytes] of files) {
    const inspected = inspectCore(bytes)
    if (!inspected.ok) return inspected
    for (const { initial } of inspected.value.memories) {
      initialPages += initial
      withMemory++
    }
  }
  if (initialPages > memoryPages) return refuse('memory-over-limit', { initialPages, maxPages: memoryPages })
  const sparePages = withMemory === 0 ? 0 : Math.floor((memoryPages - initialPages) / withMemory)
  const cores: PreparedCore[] = []
  let rootUnits = 0
  for (const [name, bytes] of files) {
    const limited = limitCore(bytes, { sparePages, among: files.length })
    if (!limited.ok) return limited
    const { sections, hasMemory } = limited.value
    const counting = sameEverywhere(meter(bytes, { isShared: true, isDeterministic, sections }), isDeterministic)
    if (!counting.ok) return counting
    rootUnits += mostUnits - counting.value.stackUnits
    cores.push({ name, bytes: counting.value.bytes, hasStart: counting.value.hasStart, hasMemory })
  }
  if (rootUnits > mostUnits)
    return refuse('stack-over-limit', { stackBytes: rootUnits * stackUnitBytes, mostBytes: stackBytes })
  return ok({ cores, stackUnits: mostUnits - rootUnits })
}

const mostUnits = Math.floor(stackBytes / stackUnitBytes)
