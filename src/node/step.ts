import { isRunning, jobId } from '../activity/job.ts'
import { JobEnded, JobSealed } from '../activity/messages.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Rng } from '../kernel/rng.ts'
import { after, type Timestamp } from '../kernel/time.ts'
import { isLive } from '../market/agreement.ts'
import { Offer, OfferWithdrawn, PullOffers } from '../market/messages.ts'
import { ExecutionReceipt } from '../receipts/messages.ts'
import { PullAttestations } from '../receipts/witness.ts'
import type { Cid } from '../wire/cid.ts'
import { state } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { RequestOf, ResponseOf } from '../wire/protocol.ts'
import { activityStepped, anchored, attest } from './activities.ts'
import { attested, serveAttestations } from './attestations.ts'
import { askForNewest, caughtUp, heardEnough, isCatchUp, listen, serveCatchUp } from './catch-up.ts'
import { checked } from './checks.ts'
import { deliveryAnswered, deliveryFailed, isDelivery, receive } from './deliveries.ts'
import { askForMissing, cleanEveryMs, dropExpired, hearOfferIds, meet, sayOffer, servePull } from './discovery.ts'
import { obeyDispute } from './disputes.ts'
import { fold } from './fold.ts'
import { forgetEnded } from './forget.ts'
import { obeyGuild } from './guilds.ts'
import type { Command, Effect, Input } from './input.ts'
import { CatchUp, type Deliver } from './messages.ts'
import { hurry } from './outbox.ts'
import { noteRange } from './ranges.ts'
import { settle } from './react.ts'
import { obeyReputation } from './reputation.ts'
import { submission } from './requestor.ts'
import { isHeldFor } from './reservations.ts'
import { askForReviews, hearReview } from './reviews.ts'
import type { NodeState } from './state.ts'
import { isNew, type Key, type Novelty, owe, say, type Turn, touch } from './turn.ts'
import { obeyWorkflow } from './workflows.ts'

/** The effects of a step, and the keys of what changed, for whoever watches. */
export type Stepped = { readonly effects: readonly Effect[]; readonly changed: ReadonlySet<string> }

/**
 * The whole node: one input in, effects out. No clock, no chance, no network, no disk of its own; `node` is changed in place.
 * The first effect, where anything was stated, is `persist`: nothing else of the step may leave before it is durable.
 */
export function step(node: NodeState, input: Input, now: Timestamp, rng: Rng): Stepped {
  const turn = turnOf(node, now, rng)
  take(turn, input)
  settle(turn)
  const persist: Effect[] = turn.stated.length > 0 ? [{ type: 'persist', events: turn.stated }] : []
  return { effects: [...persist, ...turn.effects], changed: turn.changed }
}

/** Folds a fact of our own log again: nothing is owed for it now, the start looks at everything. */
export function replay(node: NodeState, event: Verified<AnyBody>, rng: Rng): Result<Novelty> {
  return folding({ ...turnOf(node, event.body.issuedAt, rng), isReplay: true }, event)
}

const turnOf = (node: NodeState, now: Timestamp, rng: Rng): Turn => ({
  node,
  now,
  rng,
  fold: folding,
  isReplay: false,
  touched: new Set(),
  changed: new Set(),
  stated: [],
  effects: [],
})

/** Own offers are kept apart from the market's; everything else goes to its aggregate. */
function folding(turn: Turn, event: Verified<AnyBody>): Result<Novelty> {
  const isOwnOffer = event.body.author === turn.node.me && event.body.type.startsWith('market/offer')
  if (!isOwnOffer) return fold(turn, event)
  sayOffer(turn, event)
  return ok('new')
}

function take(turn: Turn, input: Input): void {
  const { node } = turn
  switch (input.type) {
    case 'start':
      return start(turn)
    case 'command':
      turn.effects.push({ type: 'answer', token: input.token, result: obey(turn, input.command) })
      return
    case 'delivered':
      return receive(turn, input.from, input.events, input.token)
    case 'pulled':
      for (const event of input.events.filter(mayBePulled))
        if (isNew(folding(turn, event)) && isKept(event)) turn.stated.push(event)
      return
    case 'request':
      return serve(turn, input)
    case 'response':
      if (isDelivery(input.key)) deliveryAnswered(turn, input.key, input.body as ResponseOf<typeof Deliver>)
      return
    case 'caughtUp':
      return caughtUp(turn, input.from, input.events)
    case 'announced':
      folding(turn, input.event)
      return
    case 'reviewed':
      return hearReview(turn, input)
    case 'failed':
      if (isDelivery(input.key)) deliveryFailed(turn, input.key)
      else if (isCatchUp(input.key)) heardEnough(turn, input.from)
      return
    case 'offerIds':
      return hearOfferIds(turn, input)
    case 'timer':
      if (input.key === 'clean') return clean(turn)
      if (input.key === 'missing') return askForMissing(turn)
      if (input.key === 'heard') return heardEnough(turn)
      return touch(turn, input.key as Key)
    case 'peerUp':
      return peerUp(turn, input)
    case 'peerChanged':
      if (node.peers.has(input.peer.did)) node.peers.set(input.peer.did, input.peer)
      noteRange(node, input.peer)
      turn.changed.add('peers')
      return
    case 'peerDown':
      node.peers.delete(input.did)
      turn.changed.add('peers')
      if (isHeldFor(node, input.did)) turn.touched.add('selling')
      return
    case 'tasksReported': {
      const job = node.jobs.get(input.job)
      if (!job || !isRunning(job)) return
      node.jobs.set(job.id, { ...job, progress: { ...input.progress, isSealed: job.progress.isSealed } })
      return touch(turn, `job:${job.id}`)
    }
    case 'activityStepped':
      return activityStepped(turn, input)
    case 'checked': {
      const { type: _, activity, ...found } = input
      return checked(turn, activity, found)
    }
    case 'frameReady':
      return attest(turn, input.activity, input.frame, input.token)
    case 'attested':
      return attested(turn, input)
    case 'anchored':
      return anchored(turn, input)
  }
}

function serve(turn: Turn, { protocol, body, from, token }: Extract<Input, { type: 'request' }>): void {
  if (protocol.id === PullOffers.id) return servePull(turn, (body as RequestOf<typeof PullOffers>).ids, token)
  if (protocol.id === CatchUp.id)
    return serveCatchUp(turn, { from, agreements: (body as RequestOf<typeof CatchUp>).agreements, token })
  if (protocol.id === PullAttestations.id)
    return serveAttestations(turn, body as RequestOf<typeof PullAttestations>, token)
  turn.effects.push({ type: 'respond', token, body: undefined })
}

/** ND11: what may come by another way than from its author's own hand: offers, and receipts that the data plane verified. */
const mayBePulled = ({ body }: Verified<AnyBody>): boolean => pulledKinds.has(body.type)
const pulledKinds: ReadonlySet<string> = new Set([Offer.type, OfferWithdrawn.type, ExecutionReceipt.type])

/** Offers of others are heard again at the next start; what is about us is kept. */
const isKept = ({ body }: Verified<AnyBody>): boolean => !body.type.startsWith('market/offer')

/** ND3: a start, also after a crash: every aggregate that still lives is looked at. */
function start(turn: Turn): void {
  const { node } = turn
  node.startedAt = turn.now
  listen(turn)
  for (const job of node.jobs.values()) if (isRunning(job)) touch(turn, `job:${job.id}`)
  for (const workflow of node.workflows.keys()) touch(turn, `workflow:${workflow}`)
  for (const agreement of node.agreements.values()) touch(turn, `agreement:${agreement.id}`)
  for (const account of node.accounts.keys()) touch(turn, `account:${account}`)
  for (const job of node.allocations.keys()) touch(turn, `allocation:${job}`)
  for (const activity of node.activities.values()) touch(turn, `activity:${activity.id}`)
  for (const dispute of node.disputes.keys()) touch(turn, `dispute:${dispute}`)
  for (const guild of node.guilds.keys()) touch(turn, `guild:${guild}`)
  for (const thread of node.threads.values()) if (thread.state !== 'rejected') touch(turn, `thread:${thread.id}`)
  turn.touched.add('selling')
  turn.effects.push({ type: 'wake', key: 'clean', at: after(turn.now, cleanEveryMs) })
}

function clean(turn: Turn): void {
  dropExpired(turn.node, turn.now)
  for (const job of forgetEnded(turn.node, turn.now)) turn.changed.add(`job:${job}`)
  turn.effects.push({ type: 'wake', key: 'clean', at: after(turn.now, cleanEveryMs) })
}

function peerUp(turn: Turn, { peer }: Extract<Input, { type: 'peerUp' }>): void {
  const { node } = turn
  node.peers.set(peer.did, peer)
  noteRange(node, peer)
  turn.changed.add('peers')
  if (peer.isRelay) return
  if (isHeldFor(node, peer.did)) turn.touched.add('selling')
  meet(turn, peer.did)
  askForReviews(turn, peer.did)
  askForNewest(turn, peer.did)
  hurry(node.outbox, peer.did, turn.now)
  turn.touched.add('outbox')
  for (const activity of node.activities.values())
    if (activity.provider === peer.did) turn.touched.add(`activity:${activity.id}`)
}

function obey(turn: Turn, command: Command): Result<Cid | undefined> {
  const { node } = turn
  switch (command.type) {
    case 'submitJob':
      if (node.jobs.has(command.job)) return refuse('job-known', { job: command.job })
      if (command.job !== jobId(node.me, command.nonce)) return refuse('job-misnamed', { job: command.job })
      owe(turn, submission({ job: command.job, nonce: command.nonce, spec: command.spec }, turn.now))
      return ok(command.job)
    case 'sealJob': {
      const { job, taskCount, sourceLost, earlierCount } = command
      const known = node.jobs.get(job)
      if (!known) return refuse('job-unknown', { job })
      if (!isRunning(known)) return refuse('job-over', { outcome: known.outcome ?? '' })
      return ok(
        say(turn, state(JobSealed, { job, taskCount, sourceLost, ...(earlierCount !== undefined && { earlierCount }) }))
          .id,
      )
    }
    case 'cancelJob': {
      const job = node.jobs.get(command.job)
      if (!job) return refuse('job-unknown', { job: command.job })
      if (!isRunning(job)) return refuse('job-over', { outcome: job.outcome ?? '' })
      const { ok: okCount, failed: failedCount, fuelUsed } = job.progress
      return ok(
        say(
          turn,
          state(JobEnded, {
            job: job.id,
            status: 'Cancelled' as const,
            okCount,
            failedCount,
            reason: command.reason,
            fuelUsed,
          }),
        ).id,
      )
    }
    case 'submitWorkflow':
    case 'retryWorkflow':
    case 'cancelWorkflow':
      return obeyWorkflow(turn, command)
    case 'openDispute':
    case 'answerDispute':
    case 'judgeDispute':
    case 'checkVerdict':
      return obeyDispute(turn, command)
    case 'foundGuild':
    case 'inviteMember':
    case 'answerInvitation':
    case 'removeMember':
    case 'leaveGuild':
      return obeyGuild(turn, command)
    case 'review':
    case 'forgive':
    case 'list':
      return obeyReputation(turn, command)
    case 'sell':
      node.plan = command.plan
      node.hasStopped = false
      for (const job of node.announcements.keys()) touch(turn, `announcement:${job}`)
      touch(turn, 'selling')
      return ok(undefined)
    case 'stopSelling':
      node.plan = undefined
      node.hasStopped = true
      touch(turn, 'selling')
      for (const agreement of node.agreements.values())
        if (agreement.provider === node.me && isLive(agreement)) touch(turn, `agreement:${agreement.id}`)
      return ok(undefined)
  }
}
