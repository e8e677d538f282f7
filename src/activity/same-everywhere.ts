import { type Result, refuse } from '../kernel/result.ts'

/** What has another outcome from one machine, or one moment, to the next. None of it is metered either. */
const differing: ReadonlySet<unknown> = new Set(['threads', 'relaxed vectors'])

/** DE2: what was refused for such a feature is said to be so for that, where it matters. */
export function sameEverywhere<T, Code extends string>(
  found: Result<T, Code>,
  isDeterministic: boolean,
): Result<T, Code | 'cannot-be-deterministic'> {
  if (found.ok || !isDeterministic || !differing.has(found.facts['feature'])) return found
  return refuse('cannot-be-deterministic', { because: found.facts['feature'] ?? '' })
}
