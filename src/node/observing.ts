import { after, hourMs, later } from '../kernel/time.ts'
import type { Agreement } from '../market/agreement.ts'
import type { Observation, Under } from '../reputation/observation.ts'
import { evolveStanding } from '../reputation/standing.ts'
import type { Turn } from './turn.ts'

/** What this node sees of somebody goes to what it knows of it. */
export function observe({ node, changed }: Turn, seen: Observation): void {
  node.standings.set(seen.about, evolveStanding(node.standings.get(seen.about), seen))
  changed.add(`reputation:${seen.about}`)
}

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
