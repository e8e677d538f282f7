import { stepped } from '../activity/activity.ts'
import { isRunning } from '../activity/job.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { blamed, cleared } from '../payment/cleared.ts'
import { type CheckedBody, ResultsChecked } from '../receipts/messages.ts'
import { ofCheck } from '../reputation/observation.ts'
import type { Cid } from '../wire/cid.ts'
import { state } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import type { CheckedTasks } from './input.ts'
import { observe, unconfirmed } from './observing.ts'
import type { NodeState } from './state.ts'
import { type Novelty, say, type Turn, touch } from './turn.ts'

/** The data plane tells what it found: a fact, so that it outlives this tab. */
export function checked(turn: Turn, id: Cid, found: CheckedTasks): void {
  const activity = turn.node.activities.get(id)
  const agreement = activity && turn.node.agreements.get(activity.agreement)
  if (!agreement || activity.requestor !== turn.node.me) return
  const { provider, terms } = agreement
  say(
    turn,
    state(ResultsChecked, { activity: id, agreement: agreement.id, provider, runtime: terms.runtime, ...found }),
  )
}

/** RQ10: a wrong result counts for what is known of its provider, ends the agreement, and what is not cleared stays unpaid. */
export function foldChecked(turn: Turn, { id, body }: Verified<CheckedBody>): Result<Novelty> {
  const { node, now } = turn
  const { provider, runtime: tag, priceClass, verified, disputed, activity: activityId, agreement: agreementId } = body
  if (body.author !== node.me) return refuse('not-taken-here', { type: body.type })
  const account = node.accounts.get(agreementId)
  const known = node.activities.get(activityId)
  if (known) node.activities.set(activityId, { ...known, confirmed: (known.confirmed ?? 0) + verified })
  const withdrawn = disputed > 0 ? unconfirmed(node, activityId) : 0
  observe(turn, ofCheck(provider, { at: body.issuedAt, tag, priceClass, verified, disputed, withdrawn }))
  if (account) {
    const next = cleared(account, { activity: activityId, upTo: body.cleared })
    node.accounts.set(agreementId, disputed > 0 ? blamed(next) : next)
    touch(turn, `account:${agreementId}`)
  }
  const activity = node.activities.get(activityId)
  if (activity && disputed > 0) {
    node.activities.set(activityId, { ...stepped(activity, 'terminate', now), failure: lied })
    touch(turn, `activity:${activityId}`)
    touch(turn, `agreement:${agreementId}`)
  }
  turn.changed.add(`checked:${id}`)
  return ok('new')
}

const lied = { code: 'wrong-result', message: 'Others computed the same task and came to another result.' }

/** AC21: while a job runs whose answers are checked, its providers are paid for what is cleared. */
export function isBeingChecked(node: NodeState, job: Cid | undefined): boolean {
  const known = job && node.jobs.get(job)
  return known !== undefined && isRunning(known) && known.spec.policy.redundancy.mode !== 'once'
}
