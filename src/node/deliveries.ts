import { isOpen } from '../activity/activity.ts'
import { setBounded } from '../kernel/bound.ts'
import { ExecutionReceipt, type ReceiptBody } from '../receipts/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { ResponseOf } from '../wire/protocol.ts'
import type { Did } from '../wire/schema.ts'
import { ToSeal } from '../wire/sealing.ts'
import { activityStepped } from './activities.ts'
import { Deliver } from './messages.ts'
import { answered, due, failed, nextDue } from './outbox.ts'
import { events } from './registry.ts'
import { isNew, type Turn, touch } from './turn.ts'

const prefix = 'deliver:'

/** Sends what is due, and dials whoever something is due for. */
export function flushOutbox(turn: Turn): void {
  const { node, now } = turn
  const absent = new Set<Did>()
  const isHere = (did: Did): boolean => {
    if (did === node.me || node.peers.has(did)) return true
    absent.add(did)
    return false
  }
  for (const [to, parcels] of due(node.outbox, now, isHere)) {
    const body = { to, events: parcels.map(({ event }) => new ToSeal(event)) }
    const key = `${prefix}${parcels.map(({ event }) => event.id).join(',')}`
    turn.effects.push({ type: 'request', to, protocol: Deliver, body, key })
  }
  for (const did of absent) turn.effects.push({ type: 'dial', did })
  const at = nextDue(node.outbox, now)
  if (at !== undefined) turn.effects.push({ type: 'wake', key: 'outbox', at })
}

const idsOf = (key: string): Cid[] => key.slice(prefix.length).split(',') as Cid[]
export const isDelivery = (key: string): boolean => key.startsWith(prefix)

/** The recipient's word on each: taken and refused are both an end; what it did not name, or had no time for, is tried again. */
export function deliveryAnswered(turn: Turn, key: string, response: ResponseOf<typeof Deliver>): void {
  const told = new Set(response.verdicts.filter(({ refused }) => refused !== 'over-quota').map(({ id }) => id))
  const ids = idsOf(key)
  answered(
    turn.node.outbox,
    ids.filter((id) => told.has(id)),
  )
  failed(
    turn.node.outbox,
    ids.filter((id) => !told.has(id)),
    turn.now,
  )
  touch(turn, 'outbox')
  for (const id of ids) if (turn.node.activities.has(id)) touch(turn, `activity:${id}`)
  for (const { id, refused } of response.verdicts)
    if (refused !== undefined && told.has(id) && ids.includes(id)) notTaken(turn, id, refused)
}

/** SH6: an activity that its provider does not take ends with the code of the refusal. */
function notTaken(turn: Turn, id: Cid, code: string): void {
  const activity = turn.node.activities.get(id)
  if (!activity || !isOpen(activity)) return
  const failure = { code, message: 'The provider did not take the activity.' }
  activityStepped(turn, { type: 'activityStepped', activity: id, step: 'terminate', failure })
}

export function deliveryFailed(turn: Turn, key: string): void {
  failed(turn.node.outbox, idsOf(key), turn.now)
  touch(turn, 'outbox')
}

/** Folds what a peer brought and says of each whether it was taken; a repeat is taken again. */
export function receive(turn: Turn, from: Did, events: readonly Verified<AnyBody>[], token: number): void {
  const verdicts = events.map((event) => {
    if (!isWithinQuota(turn, from, event.body.type)) return { id: event.id, refused: 'over-quota' }
    if (isUnproven(turn, event)) return { id: event.id, refused: 'not-taken-here' }
    const folded = event.body.author === from ? turn.fold(turn, event) : undefined
    if (folded && isNew(folded)) turn.stated.push(event)
    return { id: event.id, refused: folded ? (folded.ok ? undefined : folded.code) : 'not-the-author' }
  })
  turn.effects.push({ type: 'respond', token, body: { verdicts } })
}

/** ND14: a receipt of our own job comes with its results, by which it is proven; by itself only one that contradicts a known one. */
export function isUnproven({ node }: Turn, { body }: Verified<AnyBody>): boolean {
  if (body.type !== ExecutionReceipt.type) return false
  const { activity, sequence } = body as ReceiptBody
  const isOurs = node.activities.get(activity)?.requestor === node.me
  return isOurs && sequence > (node.chains.get(activity)?.latest.body.sequence ?? -1)
}

/** Peers and kinds counted at once: a hundred busy peers with every kind there is. */
const mostCounted = 4_096

/** ND10: of each kind, what its declaration allows one peer; the count is forgotten with the tab. */
export function isWithinQuota({ node, now }: Turn, from: Did, type: string): boolean {
  const quota = events.get(type)?.perPeer
  if (!quota || quota.count === 0) return true // ND9: what is never taken from a peer is refused by its own name
  const key = `${from} ${type}`
  const known = node.brought.get(key)
  const isRunning = known !== undefined && now < known.since + quota.windowMs && now >= known.since
  const count = isRunning ? known.count + 1 : 1
  setBounded(node.brought, key, { since: isRunning ? known.since : now, count }, mostCounted)
  return count <= quota.count
}
