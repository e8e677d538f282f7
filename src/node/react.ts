import { isRunning, type Job, receipted } from '../activity/job.ts'
import { after, minuteMs, type Timestamp } from '../kernel/time.ts'
import { type Agreement, isLive } from '../market/agreement.ts'
import { type AgreementView, reactAgreement } from '../market/agreement-react.ts'
import type { Negotiation } from '../market/negotiation.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import { keepAgain, letGo, reactActivity, receiptsOf } from './activities.ts'
import { bar, isOvertaken, unanswered } from './bars.ts'
import { reactAnnouncement, reactBidding, takeBackBid, wantsBids } from './bidding.ts'
import { flushOutbox } from './deliveries.ts'
import { reactDispute } from './disputes.ts'
import { reactGuild } from './guilds.ts'
import { overdue, requestorLooksAgainAt, whyRequestorEnds } from './letting-go.ts'
import { reactAccount, reactJobAllocation, whyUnpaid } from './money.ts'
import {
  providerLooksAgainAt,
  reactProviderThread,
  reactSelling,
  saySpreadMs,
  whyNotApprove,
  whyProviderEnds,
} from './provider.ts'
import { isBid, providersWanted, reactJob, reactRequestorThread } from './requestor.ts'
import { nextUse, takenUp } from './reuse.ts'
import type { NodeState } from './state.ts'
import { type Key, owe, type Turn, touch } from './turn.ts'
import { reactWorkflow } from './workflows.ts'

/** Looks again at everything the step touched, until nothing new is stated. */
export function settle(turn: Turn): void {
  // Each round states facts that follow from the last; the longest chain, from a proposal to an activity, has six.
  for (let round = 0; turn.touched.size > 0 && round < 32; round++) {
    const keys = [...turn.touched]
    turn.touched.clear()
    for (const key of keys) react(turn, key)
  }
}

/** What do I still owe for this, given only what I know? Runs after every input and at a start. */
function react(turn: Turn, key: Key): void {
  const [kind, id] = key.split(':') as [Key, Cid | undefined]
  if (kind === 'outbox') flushOutbox(turn)
  else if (kind === 'selling') owe(turn, reactSelling(turn.node, turn.now, turn.rng.below(saySpreadMs)))
  else if (kind === 'offers') touchRunningJobs(turn)
  else if (id !== undefined) reactTo[kind as keyof typeof reactTo]?.(turn, id)
}

function touchRunningJobs(turn: Turn): void {
  for (const job of turn.node.jobs.values()) if (isRunning(job)) touch(turn, `job:${job.id}`)
}

const reactTo = {
  job,
  'job-again': job,
  workflow: reactWorkflow,
  announcement: reactAnnouncement,
  thread,
  agreement,
  activity: reactActivity,
  anchor: keepAgain,
  account: reactAccount,
  allocation: reactJobAllocation,
  dispute: reactDispute,
  guild: reactGuild,
}

function job(turn: Turn, id: Cid): void {
  const { node, now } = turn
  const known = node.jobs.get(id)
  if (!known) return
  owe(turn, takenUp(node, known, now))
  const { job: next, owed } = reactJob(node, known, now)
  if (next !== known) {
    node.jobs.set(id, next)
    turn.changed.add(`job:${id}`)
  }
  owe(turn, owed)
  const after = node.jobs.get(id) ?? known
  if (!isRunning(after)) receipt(turn, after)
  if (isRunning(after)) return wantsBids(after) ? reactBidding(turn, after, providersWanted(node, after)) : undefined
  turn.touched.add(`allocation:${id}`)
  for (const linked of node.links.get(id)?.agreements ?? []) {
    touchLive(turn, linked)
    turn.touched.add(`account:${linked}`) // nothing of it is being checked any more
  }
  for (const linked of node.links.get(id)?.activities ?? []) turn.touched.add(`activity:${linked}`)
}

function receipt(turn: Turn, job: Job): void {
  const kept = receiptsOf(turn, job.id)
  const next = kept ? receipted(job, kept === 'anchored') : job
  if (next === job) return
  turn.node.jobs.set(job.id, next)
  turn.changed.add(`job:${job.id}`)
}

function touchLive(turn: Turn, id: Cid): void {
  const known = turn.node.agreements.get(id)
  if (known && isLive(known)) turn.touched.add(`agreement:${id}`)
}

function thread(turn: Turn, id: Cid): void {
  const { node, now } = turn
  const known = node.threads.get(id)
  if (!known) return
  const ours = node.jobs.get(known.demand)
  const { expiresAt } = known.latest.body
  if (known.state === 'rejected') return now >= expiresAt ? forget(turn, id, known.demand) : rejected(turn, known)
  if (known.state === 'open' && now >= expiresAt) {
    if (ours) bar(turn, ours.id, counterpartOf(turn, known), unanswered)
    return forget(turn, id, known.demand)
  }
  if (known.state === 'agreed' && now >= after(expiresAt, signingMs)) return forget(turn, id, known.demand)
  if (ours && isBid(known, node.me)) touch(turn, `job:${ours.id}`)
  owe(turn, ours ? reactRequestorThread(node, known, ours, now) : reactProviderThread(node, known, now))
  const at = known.state === 'agreed' ? after(expiresAt, signingMs) : expiresAt
  turn.effects.push({ type: 'wake', key: `thread:${id}`, at })
}

/** ND6: what was agreed is proposed and signed within a minute, or forgotten. */
const signingMs = minuteMs

/** A rejected thread is remembered until its proposal's time is over, so that a repeat does not open it again. */
function rejected(turn: Turn, thread: Negotiation): void {
  const { id, demand, latest, rejected: said } = thread
  if (!said) return
  const { node, now } = turn
  turn.effects.push({ type: 'wake', key: `thread:${id}`, at: latest.body.expiresAt })
  if (node.jobs.has(demand) && (said.by !== node.me || thread.opener === node.me)) {
    const provider = counterpartOf(turn, thread)
    if (isOvertaken(node, { offer: thread.offer, provider, reason: said.reason })) touch(turn, `job:${demand}`)
    else bar(turn, demand, provider, said.reason)
  }
  // Our own rejection goes out with the step that stated it, and is not owed again after a start.
  const stated = turn.stated.find(
    ({ body }) => body.type === 'market/proposal-rejected' && 'thread' in body && body.thread === id,
  )
  if (!stated || said.by !== node.me) return
  owe(turn, [{ type: 'deliver', to: counterpartOf(turn, thread), event: stated, until: after(now, minuteMs) }])
}

const counterpartOf = ({ node }: Turn, { opener, other }: Negotiation): Did => (opener === node.me ? other : opener)

function forget({ node }: Turn, id: Cid, demand: Cid): void {
  node.threads.delete(id)
  node.links.get(demand)?.threads.delete(id)
}

function agreement(turn: Turn, id: Cid): void {
  const { node, now } = turn
  const known = node.agreements.get(id)
  if (!known) return
  const ours = node.jobs.get(known.demand)
  const view: AgreementView = {
    me: node.me,
    whyNotApprove: (one) => whyNotApprove(node, one, now),
    whyNotCommit: () =>
      ours && isRunning(ours) ? undefined : { code: 'job-over', message: 'The job has ended.', isFinal: true },
    whyEnd: (one) =>
      one.provider === node.me
        ? (whyUnpaid(node, one.id, now) ?? whyProviderEnds(node, one, now))
        : whyRequestorEnds(node, one, now),
    lookAgainAt: (one) =>
      one.provider === node.me ? providerLooksAgainAt(node, one) : requestorLooksAgainAt(node, one, now),
  }
  if (node.unheard.has(id)) return
  if (isLive(known)) for (const one of overdue(node, known, now)) letGo(turn, one)
  if (ours && mayBeUsedOn(node, known, now)) owe(turn, nextUse(node, known, now))
  owe(turn, reactAgreement(known, view, now))
  const next = node.agreements.get(id) ?? known
  if (ours && mayBeUsedOn(node, next, now)) owe(turn, nextUse(node, next, now))
  if (next.state === 'pending' || next.state === 'approving') return
  if (next.state === 'rejected') takeBackBid(turn, next.demand)
  forgetThreadOf(turn, next)
  if (isLive(next)) return
  if (ours) turn.touched.add(`allocation:${ours.id}`)
  for (const activity of node.activitiesOf.get(id) ?? []) turn.touched.add(`activity:${activity}`)
}

/** RQ13: what is let go only since its jobs are over may serve another. */
function mayBeUsedOn(node: NodeState, agreement: Agreement, now: Timestamp): boolean {
  const why = whyRequestorEnds(node, agreement, now)
  return why === undefined || why.code === 'Success'
}

/** The negotiation is over when its agreement is signed, or came to nothing. */
function forgetThreadOf(turn: Turn, { proposal, demand }: Agreement): void {
  for (const { id, latest } of turn.node.threads.values()) if (latest.id === proposal) forget(turn, id, demand)
}
