import type { ListEntry, ReputationRecord } from '../../sdk/api-reputation.ts'
import { credits } from '../parts/credits.ts'
import { counted, moment } from '../parts/format.ts'

/** Points of a hundred, as a score is told. */
export const scoreOf = (permille: number): string => String(Math.round(permille / 10))

/** What a score rests on, in a sentence. */
export function restsOn({ tasks, deeds }: Pick<ReputationRecord, 'tasks' | 'deeds'>): string {
  const ever = deeds.completed + deeds.failed
  if (ever + deeds.paid + deeds.unpaid === 0) return 'It has not worked for you yet: everybody starts in the middle.'
  return `It rests on ${counted(Math.round(tasks), 'task')} that still count, of ${counted(ever, 'task')} ever. What was seen counts half as much each week.`
}

const runtimes: Readonly<Record<string, string>> = {
  'wasi-p1': 'Commands',
  component: 'Components',
  function: 'Functions',
  inference: 'Language models',
}
/** What a person calls a runtime. */
export const runtimeName = (tag: string): string => (Object.hasOwn(runtimes, tag) ? runtimes[tag]! : 'Others')

/** The prices of a class: powers of four of micro-credits. */
export function classWords(priceClass: number): string {
  if (priceClass === 0) return 'free'
  return `under ${credits(4n ** BigInt(priceClass))} a task`
}

/** Five stars: a review’s permille as people give and read it. */
export const mostStars = 5
export const starsOf = (permille: number): number => Math.max(1, Math.round((permille * mostStars) / 1_000))
export const permilleOf = (stars: number): number => Math.round((stars * 1_000) / mostStars)
export const starWords = ['Bad', 'Poor', 'Fair', 'Good', 'Very good'] as const
export const starText = (stars: number): string => '★'.repeat(stars) + '☆'.repeat(mostStars - stars)

/** What a review weighs here, and why. */
export const weightWords = (weight: number): string =>
  weight === 0
    ? 'Its author has earned nothing here, so it does not count.'
    : `It counts ${scoreOf(weight)} of 100, as its author’s work here does.`

export type Standing = 'blocked' | 'allowed' | 'only' | 'none'

const standings: Record<ListEntry['rule'], Standing> = { block: 'blocked', allow: 'allowed', only: 'only' }

/** What the own lists say of somebody; blocked in one role counts as blocked. */
export function standingOf(lists: readonly ListEntry[], name: string): Standing {
  const rules = lists
    .filter((entry) => entry.kind !== 'signer' && entry.name === name)
    .map(({ rule }) => standings[rule])
  return (['blocked', 'only', 'allowed'] as const).find((one) => rules.includes(one)) ?? 'none'
}

export const standingWords: Record<Standing, string> = {
  blocked: 'You have blocked it: you neither ask it nor work for it.',
  allowed: 'You allow it, whatever its score.',
  only: 'It is among the only ones that you take.',
  none: 'Its score decides.',
}

const rules: Record<ListEntry['rule'], string> = { block: 'Blocked', allow: 'Always allowed', only: 'Only these' }
/** 'Blocked, as a provider'. */
export function entryWords({ kind, role, rule }: Pick<ListEntry, 'kind' | 'role' | 'rule'>): string {
  if (kind === 'module') return `${rules[rule]}, as a program`
  if (kind === 'signer') return `${rules[rule]}, as a signer of programs`
  return `${rules[rule]}, as ${role === 'provider' ? 'a provider' : 'one you work for'}`
}

/** Why somebody is not asked now, and until when; undefined where it may be. */
export function leftAloneWords({
  blacklistedUntil,
  provenWrongUntil,
}: Pick<ReputationRecord, 'blacklistedUntil' | 'provenWrongUntil'>): string | undefined {
  if (provenWrongUntil !== undefined)
    return `A result of it was wrong: it is left alone until ${moment(provenWrongUntil)}.`
  if (blacklistedUntil === undefined) return undefined
  return `Too much of what it did here was bad: it is left alone until ${moment(blacklistedUntil)}.`
}
