import { type Activity, isOpen } from '../activity/activity.ts'
import { after, type Timestamp } from '../kernel/time.ts'
import type { Agreement } from '../market/agreement.ts'
import { type Resources, remaining } from '../market/capacity.ts'
import type { Cid } from '../wire/cid.ts'
import type { NodeState } from './state.ts'

const pagesPerMb = 16

/** Memory of one thread's task, MiB. */
export const memoryMbOf = ({ memoryPages }: Pick<Activity['limits'], 'memoryPages'>): number =>
  Math.max(1, Math.ceil(memoryPages / pagesPerMb))

/** SH1: what an activity takes of what its agreement reserved, as long as it is open. */
export const shareOf = ({ threads, limits }: Pick<Activity, 'threads' | 'limits'>): Resources => ({
  threads,
  memoryMb: threads * memoryMbOf(limits),
})

/** What nobody uses of it now: read from its activities, so that no second book can differ from them. */
export function freeIn(node: NodeState, { id, terms }: Agreement): Resources {
  const open = activitiesOf(node, id).filter(isOpen)
  return remaining({ total: terms, reserved: new Map(open.map((one) => [one.id, shareOf(one)])) })
}

/** Activities of an agreement, newest last. */
export const activitiesOf = (node: NodeState, agreement: Cid): readonly Activity[] =>
  (node.activitiesOf.get(agreement) ?? []).flatMap((one) => node.activities.get(one) ?? [])

/** SH4: nothing was heard of it within the grace. */
const isSilent = ({ lostAt }: Activity, { graceMs }: Agreement['terms'], now: Timestamp): boolean =>
  lostAt !== undefined && now >= lostAt + graceMs

/** SH4: all that runs under it is silent: so is whoever is behind it. */
export function isAllSilent(node: NodeState, { id, terms }: Agreement, now: Timestamp): boolean {
  const open = activitiesOf(node, id).filter(isOpen)
  return open.length > 0 && open.every((one) => isSilent(one, terms, now))
}

/** SH4: those that are silent while others are heard: they end alone. */
export function silentAlone(node: NodeState, agreement: Agreement, now: Timestamp): readonly Activity[] {
  if (isAllSilent(node, agreement, now)) return []
  return activitiesOf(node, agreement.id).filter((one) => isOpen(one) && isSilent(one, agreement.terms, now))
}

/** When an activity that is lost will have been silent for the grace. */
export const gracesOf = (node: NodeState, { id, terms }: Agreement): readonly Timestamp[] =>
  activitiesOf(node, id).flatMap(({ lostAt }) => (lostAt === undefined ? [] : [after(lostAt, terms.graceMs)]))
