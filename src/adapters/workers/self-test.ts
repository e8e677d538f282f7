import type { CustomRuntime } from '../../activity/custom-runtime.ts'
import { isAsKnown, type KnownAnswer, knownAnswerLimits, knownAnswers } from '../../activity/known-answers.ts'
import type { Runtime } from '../../activity/runtime.ts'

/** What may be offered here, and why the rest may not. */
export type SelfTested = {
  readonly runtimes: readonly string[]
  readonly failures: readonly { readonly runtime: string; readonly message: string }[]
}

/** Runs what is of known result, of each runtime, before anything is offered. Never rejects. */
export async function selfTest(runtime: Runtime, customs: readonly CustomRuntime[]): Promise<SelfTested> {
  const kinds = [...new Set(knownAnswers.map((known) => known.runtime))].map(async (name) => ({
    name,
    failed: await knownFailure(
      runtime,
      knownAnswers.filter((known) => known.runtime === name),
    ),
  }))
  const own = customs.map(async (custom) => ({ name: custom.name, failed: await failureOf(custom.selfTest()) }))
  const all = await Promise.all([...kinds, ...own])
  return {
    runtimes: all.flatMap(({ name, failed }) => (failed === undefined ? [name] : [])),
    failures: all.flatMap(({ name, failed }) => (failed === undefined ? [] : [{ runtime: name, message: failed }])),
  }
}

async function knownFailure(runtime: Runtime, all: readonly KnownAnswer[]): Promise<string | undefined> {
  for (const known of all) {
    const deployed = await runtime.deploy({ cid: 'known-answer', ...known }, knownAnswerLimits)
    if (!deployed.ok) return deployed.code
    const outcome = await runtime.run(deployed.value, known.input)
    if (!isAsKnown(known, outcome)) return outcome.error?.code ?? 'it computed something else'
  }
  return undefined
}

const failureOf = (testing: Promise<void>): Promise<string | undefined> =>
  testing.then(
    () => undefined,
    (cause: unknown) => (cause instanceof Error ? cause.message : 'it failed').slice(0, 200),
  )
