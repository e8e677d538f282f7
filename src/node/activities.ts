import { type Activity, isOpen, stepped } from '../activity/activity.ts'
import { isRunning } from '../activity/job.ts'
import { zero } from '../kernel/amount.ts'
import { after, later, minuteMs, secondMs } from '../kernel/time.ts'
import { isLive } from '../market/agreement.ts'
import { ExecutionReceipt, type ReceiptBody, ReceiptsAvailable } from '../receipts/messages.ts'
import { costOf } from '../receipts/usage.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import { reactAcceptance } from './acceptances.ts'
import { bar } from './bars.ts'
import type { FrameSummary, Input } from './input.ts'
import { reasonOf } from './letting-go.ts'
import { wasAnswered } from './outbox.ts'
import { owe, say, type Turn, touch } from './turn.ts'
import { isRestart } from './uses.ts'

/** What is owed for an activity: brought to the provider, then opened; closed when its agreement or its job is over. */
export function reactActivity(turn: Turn, id: Cid): void {
  const known = turn.node.activities.get(id)
  if (!known) return
  const agreement = turn.node.agreements.get(known.agreement)
  if (agreement) reactAcceptance(turn, known, agreement)
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

/** SH4, SH5: it ends alone, and gives its share back; what else runs under its agreement goes on. */
export function letGo(turn: Turn, activity: Activity): void {
  const { node } = turn
  close(turn, activity, silence.code)
  const job = node.jobs.get(activity.job)
  if (activity.requestor !== node.me || !job || !isRunning(job)) return
  const closed = node.activities.get(activity.id) ?? activity
  node.activities.set(activity.id, { ...closed, failure: silence })
  bar(turn, job.id, activity.provider, reasonOf(silence))
}

const silence = { code: 'ProviderUnreachable', message: 'Nothing was heard within the agreed grace.' }

function close(turn: Turn, activity: Activity, reason: string): void {
  if (isOpen(activity)) {
    turn.node.activities.set(activity.id, stepped(activity, 'terminate', turn.now))
    turn.changed.add(`activity:${activity.id}`)
    touch(turn, `agreement:${activity.agreement}`)
  }
  keep(turn, activity.id)
  turn.effects.push({ type: 'closeActivity', activity: activity.id, reason })
}

function closeQuietly(turn: Turn, activity: Activity): void {
  keep(turn, activity.id)
  turn.effects.push({ type: 'closeActivity', activity: activity.id, reason: 'over' })
}

/** The data plane tells how far an activity is. One that was lost is opened again while its provider is here. */
export function activityStepped(turn: Turn, input: Extract<Input, { type: 'activityStepped' }>): void {
  const { node, now } = turn
  const activity = node.activities.get(input.activity)
  if (!activity) return
  const { step, failure, hasSentAll } = input
  node.activities.set(activity.id, { ...stepped(activity, step, now), hasSentAll, ...(failure ? { failure } : {}) })
  // SH3: its agreement may go on for other jobs.
  const job = node.jobs.get(activity.job)
  if (failure && job && isRunning(job) && !isRestart(failure.code))
    bar(turn, activity.job, activity.provider, reasonOf(failure))
  turn.changed.add(`activity:${activity.id}`)
  touch(turn, `agreement:${activity.agreement}`)
  if (job) touch(turn, `job:${activity.job}`)
  else touch(turn, 'selling')
  if (step === 'lose' && activity.requestor === node.me) {
    turn.effects.push({ type: 'wake', key: `activity:${activity.id}`, at: after(now, reopenMs) })
  }
}

/** A stream that broke while its peer stayed is opened again this soon, until the grace is over. */
const reopenMs = 2 * secondMs

/** AT1: every frame of results has a receipt, the last one also where nothing was computed. */
export function attest(turn: Turn, activityId: Cid, frame: FrameSummary, token: number): void {
  const { node } = turn
  const activity = node.activities.get(activityId)
  const chain = node.chains.get(activityId)
  if (!activity || chain?.isFinal || chain?.equivocation) {
    turn.effects.push({ type: 'attest', token, receipt: undefined })
    return
  }
  const { agreement, job, module, requestor } = activity
  const terms = node.agreements.get(agreement)?.terms
  const cost = terms && costOf(terms, frame.usage)
  const fields = {
    ...frame,
    endedAt: later(frame.startedAt, frame.endedAt), // a clock may be set back meanwhile
    agreement,
    activity: activityId,
    job,
    module,
    requestor,
    sequence: chain ? chain.latest.body.sequence + 1 : 0,
    outputCids: [...(frame.outputCids ?? [])],
    cost: cost?.ok ? cost.value : zero,
  }
  const receipt = say(turn, { type: 'state', kind: ExecutionReceipt, fields, prev: chain?.latest.id })
  turn.effects.push({ type: 'attest', token, receipt })
  if (frame.isFinal) announce(turn, receipt as Verified<ReceiptBody>)
}

/** AT2: both sides keep the last receipt of an activity where others can find it. */
function keep(turn: Turn, activity: Cid): void {
  const chain = turn.node.chains.get(activity)
  if (!chain?.isFinal || turn.node.anchors.has(chain.latest.id)) return
  turn.node.anchors.set(chain.latest.id, 'asked')
  turn.effects.push({ type: 'anchor', event: chain.latest })
}

export function anchored(turn: Turn, { receipt, isKept }: { receipt: Cid; isKept: boolean }): void {
  const { node, now } = turn
  turn.changed.add(`receipt:${receipt}`)
  for (const { latest, job, activity } of node.chains.values()) {
    if (latest.id !== receipt) continue
    if (isKept) {
      node.anchors.set(receipt, 'kept')
      if (node.jobs.has(job)) touch(turn, `job:${job}`)
    } else {
      node.anchors.set(receipt, 'failed')
      turn.effects.push({ type: 'wake', key: `anchor:${activity}`, at: after(now, anchorAgainMs) })
    }
  }
}

/** What could not be kept is tried again. */
export function keepAgain(turn: Turn, activity: Cid): void {
  const receipt = turn.node.chains.get(activity)?.latest.id
  if (receipt === undefined || turn.node.anchors.get(receipt) !== 'failed') return
  turn.node.anchors.delete(receipt)
  keep(turn, activity)
}

/** A DHT without a server here now may have one after a while. */
const anchorAgainMs = 5 * minuteMs

/** JB4: how far the receipts of an ended job are: undefined while one is awaited. */
export function receiptsOf({ node }: Turn, job: Cid): 'generated' | 'anchored' | undefined {
  const activities = [...(node.links.get(job)?.activities ?? [])].flatMap((id) => node.activities.get(id) ?? [])
  if (activities.length === 0 || activities.some(isOpen)) return undefined
  const chains = activities.flatMap(({ id }) => node.chains.get(id) ?? [])
  const areKept =
    chains.length > 0 && chains.every(({ latest, isFinal }) => isFinal && node.anchors.get(latest.id) === 'kept')
  return areKept ? 'anchored' : chains.length > 0 ? 'generated' : undefined
}

/** Only the last receipt is announced. */
function announce(turn: Turn, receipt: Verified<ReceiptBody>): void {
  const message = { job: receipt.body.job, receipt: receipt.id, executor: turn.node.me }
  turn.effects.push({ type: 'publish', topic: ReceiptsAvailable, message })
}
