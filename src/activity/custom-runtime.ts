import { ok, type Result, refuse } from '../kernel/result.ts'
import { isRuntimeKind } from './runtime-kind.ts'
import type { StopSignal } from './stop-signal.ts'
import type { TaskInput, TaskLimits, TaskOutcome } from './task.ts'

/**
 * A runtime of a developer's own, beside those that every provider has: what a requestor's `runtime: 'its-name'` runs on. It is the
 * developer's code on the developer's machine: Tabmesh bounds what comes to it and how long it may take, and sandboxes nothing.
 */
export type CustomRuntime = {
  /** What jobs name it by: a to z, digits and dashes, from a letter on, at most 32. */
  readonly name: string
  /** Offer template: said in each offer under `tabmesh.runtime.<name>.<key>`; at most 16, keys as names. */
  readonly offer?: Readonly<Record<string, string | number | boolean>>
  /** Runs something of known result. It is offered only after this has gone well; what is thrown is told. */
  selfTest(): Promise<void>
  /** Takes a program of any format, or throws: the message reaches the requestor. Called once for each program and limits. */
  deploy(bytes: Uint8Array, limits: TaskLimits): Promise<CustomProgram>
}

export type CustomProgram = {
  /**
   * Runs one task. Stops soon after `signal` is aborted, which also happens at the end of `limits.timeoutMs`. What is thrown is a
   * task that `trapped`. `usage.fuel` is in units of its own, 0n where it counts none.
   */
  run(input: TaskInput, signal: StopSignal): Promise<TaskOutcome>
}

export type CustomRuntimeCode = 'runtime-name-not-allowed' | 'offer-template-not-allowed' | 'too-many-runtimes'

/** Each is a property of every offer. */
const mostRuntimes = 8
const mostTemplateKeys = 16
const mostTemplateLength = 256

const isName = (text: string): boolean => /^[a-z][a-z0-9-]{0,31}$/.test(text)

/** DR1: names are apart from one another and from the standard ones; templates are bounded. */
export function checkCustomRuntimes(all: readonly CustomRuntime[]): Result<void, CustomRuntimeCode> {
  if (all.length > mostRuntimes) return refuse('too-many-runtimes', { runtimes: all.length, mostRuntimes })
  const names = all.map(({ name }) => name)
  const strange = names.find((name, at) => !isName(name) || isRuntimeKind(name) || names.indexOf(name) < at)
  if (strange !== undefined) return refuse('runtime-name-not-allowed', { name: strange.slice(0, 40) })
  for (const { name, offer = {} } of all) {
    const entries = Object.entries(offer)
    const bad = entries.find(([key, value]) => !isName(key) || String(value).length > mostTemplateLength)
    if (bad) return refuse('offer-template-not-allowed', { name, key: bad[0].slice(0, 40) })
    if (entries.length > mostTemplateKeys) return refuse('offer-template-not-allowed', { name, keys: entries.length })
  }
  return ok(undefined)
}

/** Properties of an offer that a runtime says of itself, under names of its own. */
export type Template = Readonly<Record<string, string | number | boolean>>

export const templateOf = (all: readonly CustomRuntime[]): Template =>
  Object.fromEntries(
    all.flatMap(({ name, offer = {} }) =>
      Object.entries(offer).map(([key, value]) => [`tabmesh.runtime.${name}.${key}`, value]),
    ),
  )
