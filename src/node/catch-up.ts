import { after } from '../kernel/time.ts'
import { counterpartyOf, isLive } from '../market/agreement.ts'
import { graceMs } from '../market/demand.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
import { ToSeal } from '../wire/sealing.ts'
import { isUnproven } from './deliveries.ts'
import { CatchUp } from './messages.ts'
import type { NodeState } from './state.ts'
import { isNew, type Turn, touch } from './turn.ts'

const prefix = 'catch-up:'
export const isCatchUp = (key: string): boolean => key.startsWith(prefix)

/** CU1: after a start nothing is stated about an agreement before its counterparty told what it heard last; CU2: nor awaited for longer than the grace. */
export function listen(turn: Turn): void {
  const { node, now } = turn
  for (const { id, state } of node.agreements.values())
    if (state !== 'proposal' && isLiveId(node, id)) node.unheard.add(id)
  if (node.unheard.size > 0) turn.effects.push({ type: 'wake', key: 'heard', at: after(now, graceMs) })
}

const isLiveId = (node: NodeState, id: Cid): boolean => {
  const agreement = node.agreements.get(id)
  return agreement !== undefined && isLive(agreement)
}

const mostAsked = 64 // the protocol's own bound

/** Asks a counterparty that is here for the newest of every agreement with it that is still unheard. */
export function askForNewest(turn: Turn, did: Did): void {
  const agreements = unheardWith(turn.node, did).slice(0, mostAsked)
  if (agreements.length === 0) return
  turn.effects.push({
    type: 'request',
    to: did,
    protocol: CatchUp,
    body: { to: did, agreements },
    key: `${prefix}${did}`,
  })
}

const unheardWith = (node: NodeState, did: Did): Cid[] =>
  [...node.unheard].filter((id) => {
    const agreement = node.agreements.get(id)
    return agreement !== undefined && counterpartyOf(agreement, node.me) === did
  })

/** What we know of these agreements that the asker is a party of: the newest event, the newest receipts, the newest documents. */
export function serveCatchUp(turn: Turn, asked: { from: Did; agreements: readonly Cid[]; token: number }): void {
  const { from, agreements, token } = asked
  const theirs = agreements.filter((id) => {
    const agreement = turn.node.agreements.get(id)
    return agreement?.requestor === from || agreement?.provider === from
  })
  const events = theirs.flatMap((id) => newestOf(turn.node, id)).slice(0, mostAsked)
  turn.effects.push({ type: 'respond', token, body: { events: events.map((event) => new ToSeal(event)) } })
}

function newestOf(node: NodeState, id: Cid): Verified<AnyBody>[] {
  const agreement = node.agreements.get(id)
  if (!agreement) return []
  const receipts = (node.activitiesOf.get(id) ?? []).flatMap((activity) => node.chains.get(activity)?.latest ?? [])
  const accepted = (node.activitiesOf.get(id) ?? []).flatMap((activity) => node.acceptances.get(activity) ?? [])
  const account = node.accounts.get(id)
  const notes = [...(account?.activities.values() ?? [])].flatMap(({ notes: all }) =>
    all.slice(-1).flatMap(({ event, answer }) => (answer ? [event, answer] : [event])),
  )
  const invoice = account?.invoice
    ? [account.invoice.event, ...(account.invoice.answer ? [account.invoice.answer] : [])]
    : []
  return [agreement.latest, ...receipts, ...accepted, ...notes, ...invoice]
}

/** Folds what we had forgotten, our own words among it, and takes the agreements up again. */
export function caughtUp(turn: Turn, from: Did, events: readonly Verified<AnyBody>[]): void {
  for (const event of events) if (!isUnproven(turn, event) && isNew(turn.fold(turn, event))) turn.stated.push(event)
  heardEnough(turn, from)
}

/** @param from whose agreements are taken up; all of them where nobody is named */
export function heardEnough(turn: Turn, from?: Did): void {
  const ids = from === undefined ? [...turn.node.unheard] : unheardWith(turn.node, from)
  for (const id of ids) {
    turn.node.unheard.delete(id)
    touch(turn, `agreement:${id}`)
    for (const activity of turn.node.activitiesOf.get(id) ?? []) touch(turn, `activity:${activity}`)
  }
  if (ids.length > 0) touch(turn, 'selling') // what a silent one of them holds may be sold now
}
