import { after, hourMs, later } from '../kernel/time.ts'
import type { Agreement } from '../market/agreement.ts'
import type { Observation, Under } from '../reputation/observation.ts'
import { evolveStanding } from '../reputation/standing.ts'
import type { Cid } from '../wire/cid.ts'
import type { NodeState } from './state.ts'
import type { Turn } from './turn.ts'

/** What this node sees of somebody goes to what it knows of it. */
export function observe({ node, changed }: Turn, seen: Observation): void {
  node.standings.set(seen.about, evolveStanding(node.standings.get(seen.about), seen))
  changed.add(`reputation:${seen.about}`)
}

/** RP16: good tasks that its provider told of and nobody else came to, as long as nothing of it was withdrawn. */
export function unconfirmed({ activities, accounts, chains }: NodeState, id: Cid): number {
  const activity = activities.get(id)
  if (!activity || accounts.get(activity.agreement)?.isBlamed || activity.failure?.code === wrongResult) return 0
  return Math.max(0, (chains.get(id)?.okCount ?? 0) - (activity.confirmed ?? 0))
}
/** Of an activity whose provider a dispute was upheld against. */
export const wrongResult = 'WrongResult'

/** A last receipt may be this late, and one clock so far behind another. */
const slackMs = hourMs

/** RP1: what is signed under an agreement is of the time that its requestor says the agreement lived. */
export function underOf(agreement: Agreement): Under
export function underOf(agreement: Agreement | undefined): Under | undefined
export function underOf(agreement: Agreement | undefined): Under | undefined {
  if (!agreement) return undefined
  const { terms, approvedAt, approveUntil } = agreement
  const from = approvedAt ?? approveUntil
  return { tag: terms.runtime, window: { from, until: after(later(from, terms.expiresAt), slackMs) } }
}
