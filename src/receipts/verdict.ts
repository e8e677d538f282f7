import type { TaskLimits, TaskPlace } from '../activity/task.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Cid } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { Did } from '../wire/schema.ts'
import { compareRuns, type Run } from './again.ts'
import type { Digest } from './digest.ts'
import type { Ruling } from './dispute-messages.ts'
import { isIndependentOf, type Marks } from './independent.ts'

/** What somebody signed that one task came to, of which program, input and limits. */
export type Finding = {
  readonly by: Did
  readonly module: Cid
  readonly inputHash: Digest
  readonly limits: TaskLimits
  /** On which chance depends, and what the program may ask. */
  readonly place: TaskPlace
  readonly run: Run
}

export type VerdictRefusal = 'juror-not-independent' | 'finding-of-another-task' | 'dispute-not-comparable'

/** The two sides of a dispute, and what is known of whom everybody belongs to. */
export type Parties = Marks & { readonly parties: readonly Did[] }

/** DS7: neither party and nobody twice, nor whoever shares an owner or an address range with one of those. */
export const mayJudge = (juror: Did, heard: readonly Finding[], among: Parties): boolean =>
  isIndependentOf(among, juror, [...among.parties, ...heard.map(({ by }) => by)])

/** DS5: two that agree, and more than half of all. */
const fewestAgreeing = 2

/**
 * DS5: what the findings of jurors make of a disputed one. Anybody can compute it, and, for the task is deterministic, run it as well.
 * @param among whose jurors they are
 */
export function rulingOf(
  disputed: Finding,
  findings: readonly Finding[],
  among: Parties,
): Result<Ruling, VerdictRefusal> {
  if (!disputed.limits.seed) return refuse('dispute-not-comparable')
  for (const [at, finding] of findings.entries()) {
    if (!mayJudge(finding.by, findings.slice(0, at), among))
      return refuse('juror-not-independent', { juror: finding.by })
    if (!isSameTask(disputed, finding)) return refuse('finding-of-another-task', { juror: finding.by })
  }
  const groups = findings.map((one) => findings.filter((other) => compareRuns(one.run, other.run).isSame === true))
  const largest = groups.reduce<readonly Finding[]>((most, group) => (group.length > most.length ? group : most), [])
  const [agreed] = largest
  if (!agreed || largest.length < fewestAgreeing || 2 * largest.length <= findings.length) return ok('undecided')
  const { isSame } = compareRuns(disputed.run, agreed.run)
  return ok(isSame === undefined ? 'undecided' : isSame ? 'dismissed' : 'upheld')
}

/** Under other limits the same program ends elsewhere: they are part of what is judged. */
const isSameTask = (a: Finding, b: Finding): boolean =>
  a.module === b.module &&
  equalBytes(a.inputHash, b.inputHash) &&
  equalBytes(encode([a.limits, a.place]), encode([b.limits, b.place]))
