import { stepped } from '../activity/activity.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { after } from '../kernel/time.ts'
import { answerMs, type Dispute, disputeMachine, endsAt, evolveDispute, expired, isAhead } from '../receipts/dispute.ts'
import {
  DisputeAnswered,
  type DisputeBody,
  DisputeJudged,
  DisputeOpened,
  type OpenedBody,
  VerdictChecked,
} from '../receipts/dispute-messages.ts'
import { ofCheck } from '../reputation/observation.ts'
import type { Cid } from '../wire/cid.ts'
import { state } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { Command } from './input.ts'
import { observe, unconfirmed, wrongResult } from './observing.ts'
import type { NodeState } from './state.ts'
import { type Novelty, owe, say, type Turn, touch } from './turn.ts'

/** DS2: whoever has more against us at once wants our time, not a verdict. */
const mostOpenPerPeer = 8
/** DS2: over activities that are forgotten here, all peers together: whose they were only the log tells, and anybody can make some up. */
const mostOpenUnknown = 64
/** Disputes remembered: those that are over too, so that none is opened again. */
export const mostDisputes = 1_024

export function foldDispute(turn: Turn, event: Verified<DisputeBody>): Result<Novelty> {
  const { node } = turn
  const { body } = event
  const id = body.type === 'receipts/dispute-opened' ? event.id : body.dispute
  const known = node.disputes.get(id)
  if (known && [known.opened, known.answered, known.judged].some((one) => one?.id === event.id)) return ok('known')
  const admitted = body.type === 'receipts/dispute-opened' ? mayOpen(turn, body) : isOurs(node, known, body)
  if (!admitted.ok) return admitted
  const next = evolveDispute(known && expired(known, turn.now), event)
  if (!next.ok) return next
  node.disputes.set(id, next.value)
  if (known && known.state !== next.value.state) {
    count(turn, next.value)
    letGo(turn, next.value)
  }
  dropOldest(node)
  touch(turn, `dispute:${id}`)
  return ok('new')
}

/** DS1, DS2: about a receipt under an activity of ours, and not about one that was disputed. */
function mayOpen(
  { node, now, isReplay }: Turn,
  { author, to, receipt, index, activity, issuedAt }: OpenedBody,
): Result<void> {
  if (author !== node.me && to !== node.me) return refuse('not-addressed', { to })
  if (!isReplay && isAhead(issuedAt, now)) return refuse('dispute-ahead', { issuedAt, now })
  const known = node.activities.get(activity)
  // Of an activity that is forgotten the log still tells: who answers for us looks there.
  if (known && (known.requestor !== author || known.provider !== to)) return refuse('dispute-not-yours', { author })
  const all = [...node.disputes.values()]
  if (all.some(({ opened: { body } }) => body.receipt === receipt && body.index === index))
    return refuse('dispute-known', { receipt })
  const open = all.filter((one) => !disputeMachine.isFinal(one.state))
  if (open.filter(({ opener }) => opener === author).length >= mostOpenPerPeer)
    return refuse('too-many-disputes', { most: mostOpenPerPeer })
  const unknown = known ? 0 : open.filter(({ opened }) => !node.activities.has(opened.body.activity)).length
  return unknown < mostOpenUnknown ? ok(undefined) : refuse('too-many-disputes', { most: mostOpenUnknown })
}

const isOurs = (node: NodeState, dispute: Dispute | undefined, { author, type }: DisputeBody): Result<void> =>
  type === VerdictChecked.type && author !== node.me
    ? refuse('not-taken-here', { type })
    : dispute
      ? ok(undefined)
      : refuse('dispute-unknown')

/** DS6: a verdict counts for whoever it was right against, once: when it comes. */
function count(turn: Turn, { state: at, opener, respondent, opened, judged, answered }: Dispute): void {
  const lost = at === 'Upheld' ? respondent : at === 'Dismissed' ? opener : undefined
  if (lost === undefined || lost === turn.node.me) return
  const seenAt = (judged ?? answered)?.body.issuedAt
  if (seenAt === undefined) return
  const { activity } = opened.body
  const tag = runtimeOf(turn.node, activity)
  const withdrawn = lost === respondent ? unconfirmed(turn.node, activity) : 0
  observe(turn, ofCheck(lost, { at: seenAt, tag, verified: 0, disputed: 1, withdrawn }))
}

/** Empty of an activity that is forgotten here. */
function runtimeOf({ activities, agreements }: NodeState, activity: Cid): string {
  const agreement = activities.get(activity)?.agreement
  return (agreement && agreements.get(agreement)?.terms.runtime) ?? ''
}

/** DS6: of whoever was wrong nothing more is taken under that agreement. */
function letGo(turn: Turn, { state: at, opener, opened: { body } }: Dispute): void {
  const { node, now } = turn
  const activity = node.activities.get(body.activity)
  if (at !== 'Upheld' || opener !== node.me || !activity) return
  node.activities.set(activity.id, { ...stepped(activity, 'terminate', now), failure: lost })
  touch(turn, `activity:${activity.id}`)
  touch(turn, `agreement:${activity.agreement}`)
}

const lost = { code: wrongResult, message: 'A dispute over its result was upheld.' }

/** What is over goes first, the oldest of it. */
function dropOldest({ disputes }: NodeState): void {
  for (const [id, { state: at }] of disputes) {
    if (disputes.size <= mostDisputes) return
    if (disputeMachine.isFinal(at)) disputes.delete(id)
  }
}

type DisputeCommand = Extract<Command, { type: 'openDispute' | 'answerDispute' | 'judgeDispute' | 'checkVerdict' }>

export function obeyDispute(turn: Turn, command: DisputeCommand): Result<Cid | undefined> {
  const { node } = turn
  if (command.type === 'openDispute') {
    const admitted = mayOpen(turn, { author: node.me, issuedAt: turn.now, ...command.fields } as OpenedBody)
    return admitted.ok ? ok(say(turn, state(DisputeOpened, command.fields)).id) : admitted
  }
  const known = node.disputes.get(command.dispute)
  const dispute = known && expired(known, turn.now)
  if (!dispute) return refuse('dispute-unknown', { dispute: command.dispute })
  if (disputeMachine.isFinal(dispute.state)) return refuse('dispute-over', { state: dispute.state })
  const { id } = dispute
  switch (command.type) {
    case 'answerDispute': {
      if (dispute.respondent !== node.me || dispute.answered) return refuse('dispute-answered', { dispute: id })
      const { stance, found, reason } = command
      const fields = { to: dispute.opener, dispute: id, stance, ...(found && { found }), reason }
      return ok(say(turn, state(DisputeAnswered, fields, id)).id)
    }
    case 'judgeDispute': {
      if (dispute.opener !== node.me || dispute.judged) return refuse('dispute-known', { dispute: id })
      const { ruling, findings } = command
      const prev = dispute.answered?.id ?? id
      return ok(say(turn, state(DisputeJudged, { to: dispute.respondent, dispute: id, ruling, findings }, prev)).id)
    }
    case 'checkVerdict':
      if (!dispute.judged) return refuse('dispute-unknown', { dispute: id })
      return ok(say(turn, state(VerdictChecked, { dispute: id, isRight: command.isRight })).id)
  }
}

/** What is owed for a dispute: our own words of it are brought to the other until its time is over. */
export function reactDispute(turn: Turn, id: Cid): void {
  const { node, now } = turn
  const known = node.disputes.get(id)
  if (!known) return
  const dispute = expired(known, now)
  if (dispute !== known) {
    node.disputes.set(id, dispute)
    turn.changed.add(`dispute:${id}`)
  }
  const until = endsAt(dispute)
  const other: Did = dispute.opener === node.me ? dispute.respondent : dispute.opener
  for (const event of [dispute.opened, dispute.answered, dispute.judged])
    if (event?.body.author === node.me) owe(turn, [{ type: 'deliver', to: other, event, until }])
  if (disputeMachine.isFinal(dispute.state)) return
  turn.effects.push({ type: 'wake', key: `dispute:${id}`, at: until })
  // One key, one time: the earlier of the two is the answer's.
  const answerUntil = after(dispute.opened.body.issuedAt, answerMs)
  if (!dispute.answered && now < answerUntil) turn.effects.push({ type: 'wake', key: `dispute:${id}`, at: answerUntil })
}

/** DS6: whether a verdict stands against a provider for something of this activity. */
export const isUpheldAgainst = (node: NodeState, activity: Cid): boolean =>
  [...node.disputes.values()].some(({ state: at, opened }) => at === 'Upheld' && opened.body.activity === activity)
