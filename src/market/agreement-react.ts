import { after, minuteMs, type Timestamp } from '../kernel/time.ts'
import { type Owed, state } from '../wire/effect.ts'
import type { Did } from '../wire/schema.ts'
import { type Agreement, counterpartyOf, isLive } from './agreement.ts'
import {
  AgreementApproved,
  AgreementCancelled,
  AgreementCommitted,
  AgreementExpired,
  AgreementRejected,
  AgreementTerminated,
  type Reason,
} from './messages.ts'

/** What the rooms to the right think of this agreement. Undefined is no objection. */
export type AgreementView = {
  readonly me: Did
  /** Provider: why it cannot be signed, sold out for instance. */
  whyNotApprove(agreement: Agreement): Reason | undefined
  /** Requestor: why it is wanted no more, the job being over for instance. */
  whyNotCommit(agreement: Agreement): Reason | undefined
  /** Either: why it should end now. */
  whyEnd(agreement: Agreement): Reason | undefined
  /** When `whyEnd` may change its mind by time alone. */
  lookAgainAt(agreement: Agreement): Timestamp | undefined
}

/** AG5: whoever ended it keeps telling for so long; then the other's own deadlines have long passed. */
const tellMs = 5 * minuteMs

/** AG6: what `me` still owes this agreement, given only what is known now. Asking again is harmless. */
export function reactAgreement(agreement: Agreement, view: AgreementView, now: Timestamp): Owed[] {
  return [...statements(agreement, view, now), ...deliveries(agreement, view.me, now), ...wakes(agreement, view)]
}

function statements(agreement: Agreement, view: AgreementView, now: Timestamp): Owed[] {
  const { id, state: at, latest, approveUntil } = agreement
  const isRequestor = agreement.requestor === view.me
  switch (at) {
    case 'pending':
    case 'approving': {
      if (now >= approveUntil) return [state(AgreementExpired, { agreement: id }, latest.id)]
      const unwanted = isRequestor ? view.whyNotCommit(agreement) : undefined
      if (unwanted) return [state(AgreementCancelled, { agreement: id, reason: unwanted }, latest.id)]
      if (isRequestor) return at === 'approving' ? [state(AgreementCommitted, { agreement: id }, latest.id)] : []
      if (at === 'approving') return []
      const objection = view.whyNotApprove(agreement)
      if (objection) return [state(AgreementRejected, { agreement: id, reason: objection }, latest.id)]
      return [state(AgreementApproved, { agreement: id }, latest.id)]
    }
    case 'approved': {
      const reason = view.whyEnd(agreement)
      return reason ? [state(AgreementTerminated, { agreement: id, reason }, latest.id)] : []
    }
    default:
      return []
  }
}

function deliveries(agreement: Agreement, me: Did, now: Timestamp): Owed[] {
  const { latest, approveUntil, ended } = agreement
  if (latest.body.author !== me) return []
  const until = ended ? after(ended.at, tellMs) : agreement.state === 'approved' ? after(now, tellMs) : approveUntil
  return [{ type: 'deliver', to: counterpartyOf(agreement, me), event: latest, until }]
}

function wakes(agreement: Agreement, view: AgreementView): Owed[] {
  if (!isLive(agreement)) return []
  const at = agreement.state === 'approved' ? view.lookAgainAt(agreement) : agreement.approveUntil
  return at === undefined ? [] : [{ type: 'wake', key: `agreement:${agreement.id}`, at }]
}
