import { type Activity, isOpen } from '../activity/activity.ts'
import { after, later, secondMs, soonest, type Timestamp, timestamp } from '../kernel/time.ts'
import type { Agreement } from '../market/agreement.ts'
import type { Capacity, Resources } from '../market/capacity.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import type { Plan } from './input.ts'
import { activitiesOf } from './shares.ts'
import type { NodeState } from './state.ts'

/** PV6: longer than a slow phone takes to reload a page: whoever is silent for so long with work under way no longer keeps others waiting. */
export const yieldMs = 10 * secondMs

/** What this provider has promised, read from its agreements, so that no second book can differ from them. */
export function capacityOf(node: NodeState, plan: Plan): Capacity {
  return capacityWith(plan, heldBy(node))
}

/** What can be sold now: all that is not promised, or promised to somebody who has fallen silent. */
export function onSale(node: NodeState, plan: Plan, now: Timestamp): Capacity {
  return capacityWith(
    plan,
    heldBy(node).filter((held) => !yields(node, held, now)),
  )
}

/** PV6: an agreement whose requestor is silent ends as soon as somebody else has what it held. */
export function isOutsold(node: NodeState, agreement: Agreement, now: Timestamp): boolean {
  return node.plan !== undefined && yields(node, agreement, now) && isOversold(capacityOf(node, node.plan))
}

/** Agreements that may have to give way, now that another was signed. */
export const silentOnes = (node: NodeState, now: Timestamp): readonly Cid[] =>
  heldBy(node).flatMap((held) => (yields(node, held, now) ? [held.id] : []))

/** When the next of those that are silent now gives its part back to the market. */
export function nextYieldAt(node: NodeState, now: Timestamp): Timestamp | undefined {
  return soonest(
    heldBy(node)
      .flatMap((held) => yieldsAt(node, held) ?? [])
      .filter((at) => at > now),
  )
}

const isOversold = ({ total, reserved }: Capacity): boolean => {
  const held = [...reserved.values()]
  const over = (of: keyof Resources) => held.reduce((sum, one) => sum + one[of], 0) > total[of]
  return over('threads') || over('memoryMb')
}

function heldBy(node: NodeState): Agreement[] {
  const isHeld = ({ state, provider }: Agreement) =>
    provider === node.me && (state === 'approving' || state === 'approved')
  return [...node.agreements.values()].filter(isHeld)
}

const capacityWith = ({ threads, memoryMb }: Plan, held: readonly Agreement[]): Capacity => ({
  total: { threads, memoryMb },
  reserved: new Map(held.map(({ id, terms }) => [id, terms])),
})

const yields = (node: NodeState, agreement: Agreement, now: Timestamp): boolean => {
  const at = yieldsAt(node, agreement)
  return at !== undefined && now >= at
}

/**
 * When what it holds goes back on sale; undefined while its requestor is heard of. One that only we have signed is not given away twice: it
 * ends by its own deadline. Nor is one that nothing may be stated about before its requestor was asked: it could not be ended.
 */
function yieldsAt(node: NodeState, agreement: Agreement): Timestamp | undefined {
  if (agreement.state !== 'approved' || node.unheard.has(agreement.id)) return undefined
  const isHere = node.peers.has(agreement.requestor)
  const kept = activitiesOf(node, agreement.id).filter((one) => isOpen(one) && (isHere || isUnderWay(one)))
  if (kept.length === 0) return isHere ? undefined : atOnce
  const lost = kept.flatMap(({ lostAt }) => lostAt ?? [])
  return lost.length < kept.length ? undefined : after(lost.reduce(later), yieldMs)
}
/** Before any time that there is. */
const atOnce = timestamp(0)

/** What was not begun, and what has sent all its answers, keeps nobody's work: a reload loses no more than its place. */
const isUnderWay = ({ state, hasSentAll }: Activity): boolean => state !== 'New' && !hasSentAll

/** PV6: whether one that yields lets its requestor down, or had nothing to do for it. */
export const hasWork = (node: NodeState, { id }: Agreement): boolean =>
  activitiesOf(node, id).some((one) => isOpen(one) && isUnderWay(one))

/** Since when no activity is open: from the approval, or from the last one's end. */
export function idleSince(node: NodeState, agreement: Agreement): Timestamp | undefined {
  const activities = activitiesOf(node, agreement.id)
  if (activities.some(isOpen)) return undefined
  const ends = activities.flatMap(({ id }) => node.chains.get(id)?.latest.body.endedAt ?? [])
  return [agreement.approvedAt ?? agreement.latest.body.issuedAt, ...ends].reduce((latest, at) => later(latest, at))
}

/** Whether something is held for this requestor. */
export const isHeldFor = (node: NodeState, requestor: Did): boolean =>
  heldBy(node).some((held) => held.requestor === requestor)
