import { type EventOf, machine, type StateOf } from '../kernel/machine.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { after, hourMs, minuteMs, type Timestamp } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { AnsweredBody, DisputeBody, JudgedBody, OpenedBody, Ruling } from './dispute-messages.ts'

/** DS3: what two who do not agree on a receipt come to. */
export const disputeMachine = machine('Opened', {
  Opened: { concede: 'Upheld', contest: 'Contested', uphold: 'Upheld', expire: 'Undecided' },
  Contested: { uphold: 'Upheld', dismiss: 'Dismissed', leave: 'Undecided', expire: 'Undecided' },
  Upheld: {},
  Dismissed: {},
  Undecided: {},
})
export type DisputeState = StateOf<typeof disputeMachine>
export type DisputeStep = EventOf<typeof disputeMachine>

/** DS4: a page that was asleep has so long to run one task again. */
export const answerMs = 10 * minuteMs
/** DS3: whoever has no verdict by then gets none; one that is tried for ever binds a provider's money for ever. */
export const disputeMs = hourMs
/** DS3: a clock that is further ahead is none to count an hour by. */
const clockMs = 10 * minuteMs
export const isAhead = (issuedAt: Timestamp, now: Timestamp): boolean => issuedAt > after(now, clockMs)

export type Dispute = {
  /** CID of the event that opened it. */
  readonly id: Cid
  readonly opener: Did
  readonly respondent: Did
  readonly state: DisputeState
  readonly opened: Verified<OpenedBody>
  readonly answered?: Verified<AnsweredBody> | undefined
  /** As stated; it counts once its proof was checked. */
  readonly judged?: Verified<JudgedBody> | undefined
}

export type DisputeRefusal =
  | 'dispute-known'
  | 'dispute-unknown'
  | 'dispute-not-yours'
  | 'dispute-over'
  | 'dispute-answered'
  | 'dispute-too-early'
  | 'dispute-ground-missing'

/** DS1: what its opener must bring. */
function isGrounded({ ground, index, proof, input, receipts }: OpenedBody): boolean {
  if (ground === 'equivocation') return receipts?.length === 2
  return index !== undefined && proof !== undefined && input !== undefined
}

/** Folds one fact of a dispute; a refused one changes nothing. */
export function evolveDispute(
  dispute: Dispute | undefined,
  event: Verified<DisputeBody>,
): Result<Dispute, DisputeRefusal> {
  const { body } = event
  if (body.type === 'receipts/dispute-opened') {
    if (dispute) return refuse('dispute-known', { dispute: dispute.id })
    if (!isGrounded(body)) return refuse('dispute-ground-missing', { ground: body.ground })
    if (body.to === body.author) return refuse('dispute-not-yours', { author: body.author })
    const { author: opener, to: respondent } = body
    return ok({
      id: event.id,
      opener,
      respondent,
      state: disputeMachine.initial,
      opened: event as Verified<OpenedBody>,
    })
  }
  if (!dispute) return refuse('dispute-unknown', { dispute: body.dispute })
  if (disputeMachine.isFinal(dispute.state)) return refuse('dispute-over', { state: dispute.state })
  switch (body.type) {
    case 'receipts/dispute-answered':
      return answered(dispute, event as Verified<AnsweredBody>)
    case 'receipts/dispute-judged':
      return judged(dispute, event as Verified<JudgedBody>)
    case 'receipts/verdict-checked':
      return checked(dispute, body.isRight)
  }
}

/** DS4: once, by the receipt's author alone. */
function answered(dispute: Dispute, event: Verified<AnsweredBody>): Result<Dispute, DisputeRefusal> {
  const { author, stance } = event.body
  if (author !== dispute.respondent) return refuse('dispute-not-yours', { author })
  if (dispute.answered) return refuse('dispute-answered', { stance: dispute.answered.body.stance })
  const state = disputeMachine.next(dispute.state, stance === 'concedes' ? 'concede' : 'contest') ?? dispute.state
  return ok({ ...dispute, state, answered: event })
}

/** DS5: a verdict is stated by whoever has to prove it, and not before the other was heard or had its time. */
function judged(dispute: Dispute, event: Verified<JudgedBody>): Result<Dispute, DisputeRefusal> {
  const { author, issuedAt } = event.body
  if (author !== dispute.opener) return refuse('dispute-not-yours', { author })
  if (dispute.judged) return refuse('dispute-known', { dispute: dispute.id })
  const { ground, issuedAt: openedAt } = dispute.opened.body
  const isHeard = ground === 'equivocation' || dispute.answered !== undefined || issuedAt >= after(openedAt, answerMs)
  return isHeard ? ok({ ...dispute, judged: event }) : refuse('dispute-too-early', { until: after(openedAt, answerMs) })
}

const stepOf: Record<Ruling, DisputeStep> = { upheld: 'uphold', dismissed: 'dismiss', undecided: 'leave' }

/** DS5: a verdict whose proof does not hold is none: another may follow until the dispute's time is over. */
function checked(dispute: Dispute, isRight: boolean): Result<Dispute, DisputeRefusal> {
  const { judged: verdict, state } = dispute
  if (!verdict) return refuse('dispute-unknown', { dispute: dispute.id })
  if (!isRight) return ok({ ...dispute, judged: undefined })
  const heard = state === 'Opened' && verdict.body.ruling !== 'upheld' ? 'Contested' : state
  return ok({ ...dispute, state: disputeMachine.next(heard, stepOf[verdict.body.ruling]) ?? state })
}

/** DS3: past its time a dispute ends without an answer. */
export function expired(dispute: Dispute, now: Timestamp): Dispute {
  if (disputeMachine.isFinal(dispute.state) || now < endsAt(dispute)) return dispute
  return { ...dispute, state: disputeMachine.next(dispute.state, 'expire') ?? dispute.state }
}
export const endsAt = ({ opened }: Dispute): Timestamp => after(opened.body.issuedAt, disputeMs)

/** DS4: whether nothing is waited for any more before jurors are asked. */
export const isContested = ({ state, opened }: Dispute, now: Timestamp): boolean =>
  state === 'Contested' || (state === 'Opened' && now >= after(opened.body.issuedAt, answerMs))
