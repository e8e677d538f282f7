import { readValue, type Value, type ValueText } from '../activity/value-text.ts'
import type { StoredResult } from '../adapters/storage.port.ts'
import type { Did } from '../wire/schema.ts'
import type { TaskResult } from './api.ts'
import { linesOf } from './log-lines.ts'

/** A stored result as a program is given it. */
export function resultOf({ durationUs, provider, proof: _proof, ...rest }: StoredResult): TaskResult {
  const { fuel, hostUnits, log, commands } = rest
  return {
    ...rest,
    values: rest.values && valuesOf(rest.values),
    commands: commands?.map((one) => ({ ...one, values: one.values && valuesOf(one.values) })),
    fuel,
    hostUnits,
    log: log && linesOf(log),
    durationMs: durationUs / 1_000,
    provider: provider as Did,
  }
}

/** Values out of their texts. */
export const valuesOf = (values: readonly ValueText[]): readonly Value[] =>
  values.flatMap((text) => readValue(text) ?? [])
