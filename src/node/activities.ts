import { type Activity, isOpen, stepped } from '../activity/activity.ts'
import { isRunning } from '../activity/job.ts'
import { zero } from '../kernel/amount.ts'
import { after, minuteMs } from '../kernel/time.ts'
import { isLive } from '../market/agreement.ts'
import { ExecutionReceipt, type ReceiptBody, ReceiptsAvailable } from '../receipts/messages.ts'
import { costOf } from '../receipts/usage.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { FrameSummary } from './input.ts'
import { wasAnswered } from './outbox.ts'
import { owe, say, type Turn, touch } from './turn.ts'

/** What is owed for an activity: brought to the provider, then opened; closed when its agreement or its job is over. */
export function reactActivity(turn: Turn, id: Cid): void {
  const known = turn.node.activities.get(id)
  if (!known) return
  const agreement = turn.node.agreements.get(known.agreement)
  if (!agreement || !isLive(agreement)) return close(turn, known, agreement?.ended?.reason?.code ?? 'terminated')
  if (!isOpen(known)) return closeQuietly(turn, known)
  if (known.requestor === turn.node.me) reactRequestor(turn, known)
  else turn.effects.push({ type: 'acceptActivity', activity: id })
}

function reactRequestor(turn: Turn, activity: Activity): void {
  const { node, now } = turn
  const job = node.jobs.get(activity.job)
  if (!job || !isRunning(job)) {
    turn.effects.push({ type: 'closeActivity', activity: activity.id, reason: 'job-over' })
    return
  }
  if (!wasAnswered(node.outbox, activity.created.id)) {
    owe(turn, [{ type: 'deliver', to: activity.provider, event: activity.created, until: after(now, minuteMs) }])
    return
  }
  if (node.peers.has(activity.provider))
    turn.effects.push({ type: 'openActivity', agreement: activity.agreement, activity: activity.id })
}

function close(turn: Turn, activity: Activity, reason: string): void {
  if (isOpen(activity)) {
    turn.node.activities.set(activity.id, stepped(activity, 'terminate', turn.now))
    turn.changed.add(`activity:${activity.id}`)
    touch(turn, `agreement:${activity.agreement}`)
  }
  turn.effects.push({ type: 'closeActivity', activity: activity.id, reason })
}

function closeQuietly(turn: Turn, activity: Activity): void {
  turn.effects.push({ type: 'closeActivity', activity: activity.id, reason: 'over' })
}

/** RC1: every frame of results has a receipt, the last one also where nothing was computed. */
export function attest(turn: Turn, activityId: Cid, frame: FrameSummary, token: number): void {
  const { node } = turn
  const activity = node.activities.get(activityId)
  const chain = node.chains.get(activityId)
  if (!activity || chain?.isFinal) {
    turn.effects.push({ type: 'attest', token, receipt: undefined })
    return
  }
  const { agreement, job, module, requestor } = activity
  const terms = node.agreements.get(agreement)?.terms
  const cost = terms && costOf(terms, frame.usage)
  const fields = {
    ...frame,
    agreement,
    activity: activityId,
    job,
    module,
    requestor,
    sequence: chain ? chain.latest.body.sequence + 1 : 0,
    outputCids: [],
    cost: cost?.ok ? cost.value : zero,
  }
  const receipt = say(turn, { type: 'state', kind: ExecutionReceipt, fields, prev: chain?.latest.id })
  turn.effects.push({ type: 'attest', token, receipt })
  if (frame.isFinal) announce(turn, receipt as Verified<ReceiptBody>)
}

/** Only the last receipt is announced and put where others can find it. */
function announce(turn: Turn, receipt: Verified<ReceiptBody>): void {
  const message = { job: receipt.body.job, receipt: receipt.id, executor: turn.node.me }
  turn.effects.push({ type: 'publish', topic: ReceiptsAvailable, message }, { type: 'anchor', event: receipt })
}
