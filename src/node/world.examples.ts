import { someSpec } from '../activity/job.examples.ts'
import { jobId } from '../activity/job.ts'
import type { JobSpec } from '../activity/messages.ts'
import type { Amount } from '../kernel/amount.ts'
import { type Rng, seeded } from '../kernel/rng.ts'
import { type Timestamp, timestamp } from '../kernel/time.ts'
import { begun, someFacts } from '../market/market.examples.ts'
import { Jobs, OfferIds, PullOffers } from '../market/messages.ts'
import type { OfferFacts } from '../market/offer-properties.ts'
import { merkleRoot } from '../receipts/merkle.ts'
import { someUsage } from '../receipts/receipt.examples.ts'
import { PullReviews, Reviews } from '../reputation/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
import type { ToSeal } from '../wire/sealing.ts'
import type { Command, Effect, FrameSummary, Input, Plan } from './input.ts'
import { CatchUp, Deliver } from './messages.ts'
import { initialState, type NodeState } from './state.ts'
import { step } from './step.ts'

/** One node as a test holds it: its state, what it persisted, its timers, and what it last wanted of its data plane. */
export type TestNode = {
  readonly did: Did
  state: NodeState
  readonly log: Verified<AnyBody>[]
  readonly timers: Map<string, Timestamp>
  readonly effects: Effect[]
}
export type World = {
  now: Timestamp
  readonly rng: Rng
  readonly nodes: Map<Did, TestNode>
  readonly queue: (() => void)[]
  /** Deliveries from one to another that get lost. */
  loses(from: Did, to: Did, type: string): boolean
}

/** Nodes wired together by hand: the real step, and effects carried out in the order in which they came. */
export function createWorld(...dids: Did[]): World {
  const world: World = { now: begun, rng: seeded(1), nodes: new Map(), queue: [], loses: () => false }
  for (const did of dids)
    world.nodes.set(did, { did, state: initialState(did), log: [], timers: new Map(), effects: [] })
  for (const did of dids) give(world, did, { type: 'start' })
  return world
}

export function nodeOf(world: World, did: Did): TestNode {
  const node = world.nodes.get(did)
  if (!node) throw new Error(`no node ${did}`)
  return node
}

/** One input and everything that follows from it, until nothing moves. Gives the effects of that first step. */
export function give(world: World, did: Did, input: Input): readonly Effect[] {
  const effects = put(world, did, input)
  for (let next = world.queue.shift(); next; next = world.queue.shift()) next()
  return effects
}

function put(world: World, did: Did, input: Input): readonly Effect[] {
  const node = nodeOf(world, did)
  const { effects } = step(node.state, input, world.now, world.rng)
  for (const effect of effects) {
    node.effects.push(effect)
    if (effect.type === 'persist') node.log.push(...effect.events)
    else if (effect.type === 'wake') node.timers.set(effect.key, effect.at)
    else carry(world, node, effect)
  }
  return effects
}

function carry(world: World, { did: from, state }: TestNode, effect: Effect): void {
  const later = (did: Did, input: Input) => world.queue.push(() => put(world, did, input))
  if (effect.type === 'publish') {
    for (const to of state.peers.keys()) {
      if (effect.topic === Jobs) {
        const { announcement } = effect.message as { announcement: ToSeal }
        later(to, { type: 'announced', event: announcement.event })
      }
      if (effect.topic === Reviews) {
        const { review, receipt } = effect.message as { review: ToSeal; receipt: ToSeal }
        later(to, { type: 'reviewed', review: review.event, receipt: receipt.event, token: 1 })
      }
      if (effect.topic !== OfferIds) continue
      const { by, offers, withdrawn } = effect.message as { by: Did; offers: Cid[]; withdrawn: ToSeal[] }
      later(to, { type: 'pulled', from, events: withdrawn.map(({ event }) => event) })
      later(to, { type: 'offerIds', from, by, offers })
    }
  }
  if (effect.type === 'request') world.queue.push(() => ask(world, from, effect))
  if (effect.type === 'attest' && effect.receipt) {
    const { requestor } = effect.receipt.body as never as { requestor: Did }
    later(requestor, { type: 'pulled', from, events: [effect.receipt] })
  }
  if (effect.type === 'anchor') later(from, { type: 'anchored', receipt: effect.event.id, isKept: true })
}

function ask(world: World, from: Did, { to, protocol, body, key }: Extract<Effect, { type: 'request' }>): void {
  const lost = (): void => void put(world, from, { type: 'failed', key, from: to, code: 'unreachable' })
  const sent = ((body as { events?: ToSeal[] }).events ?? []).map(({ event }) => event)
  if (sent.some((event) => world.loses(from, to, event.body.type))) return lost()
  if (!nodeOf(world, from).state.peers.has(to)) return lost()
  const effects =
    protocol === Deliver
      ? put(world, to, { type: 'delivered', from, events: sent, token: 1 })
      : put(world, to, { type: 'request', protocol, body, from, token: 1 })
  const response = effects.find(({ type }) => type === 'respond') as Extract<Effect, { type: 'respond' }>
  if (protocol === Deliver) put(world, from, { type: 'response', key, from: to, body: response.body })
  else {
    if (protocol === PullReviews) return // kept on disk, which is not here
    const { offers, events } = response.body as { offers?: ToSeal[]; events?: ToSeal[] }
    if (protocol === PullOffers)
      put(world, from, { type: 'pulled', from: to, events: (offers ?? []).map(({ event }) => event) })
    if (protocol === CatchUp)
      put(world, from, { type: 'caughtUp', from: to, events: (events ?? []).map(({ event }) => event) })
  }
}

export function connect(world: World, a: Did, b: Did): void {
  give(world, a, { type: 'peerUp', peer: { did: b, isRelay: false, direct: true } })
  give(world, b, { type: 'peerUp', peer: { did: a, isRelay: false, direct: true } })
}
export function disconnect(world: World, a: Did, b: Did): void {
  give(world, a, { type: 'peerDown', did: b })
  give(world, b, { type: 'peerDown', did: a })
}

/** Lets time pass; timers fire in order. */
export function pass(world: World, durationMs: number): void {
  const end = world.now + durationMs
  for (let fired = 0; fired < 10_000; fired++) {
    const due = [...world.nodes.values()]
      .flatMap(({ did, timers }) => [...timers].map(([key, at]) => ({ did, key, at })))
      .filter(({ at }) => at <= end)
      .sort((x, y) => x.at - y.at)[0]
    if (!due) break
    nodeOf(world, due.did).timers.delete(due.key)
    world.now = timestamp(Math.max(world.now, due.at))
    give(world, due.did, { type: 'timer', key: due.key })
  }
  world.now = timestamp(end)
}

/** A command and its answer. */
export function command(world: World, did: Did, wanted: Command) {
  const effects = give(world, did, { type: 'command', command: wanted, token: 1 })
  const answer = effects.find(({ type }) => type === 'answer') as Extract<Effect, { type: 'answer' }>
  return answer.result
}

export const aPlan = (told: Partial<Plan> & { facts?: OfferFacts } = {}): Plan => ({
  facts: someFacts,
  threads: 4,
  memoryMb: 1_024,
  blocked: [],
  strangersLimit: 10_000_000n as Amount,
  ...told,
})
/** Facts of an offer that costs nothing. */
export const freeFacts: OfferFacts = {
  ...someFacts,
  pricing: { ...someFacts.pricing, coefficients: [0n as Amount] },
  payment: { ...someFacts.payment, platforms: [{ name: 'none', address: 'nobody' }] },
}

/** Submits a job and seals it with so many tasks. */
export function submit(world: World, did: Did, told: { tasks?: number; nonce?: number; spec?: Partial<JobSpec> } = {}) {
  const nonce = new Uint8Array(16).fill(told.nonce ?? 1)
  const job = jobId(did, nonce)
  const taskCount = told.tasks ?? 10
  const submitted = command(world, did, { type: 'submitJob', job, nonce, spec: { ...someSpec, ...told.spec } })
  if (!submitted.ok) throw new Error(submitted.code)
  give(world, did, { type: 'tasksReported', job, progress: { ...progress, total: taskCount } })
  const sealed = command(world, did, { type: 'sealJob', job, taskCount, sourceLost: false })
  if (!sealed.ok) throw new Error(sealed.code)
  return job
}

const progress = { total: 0, isSealed: false, done: 0, ok: 0, failed: 0, inFlight: 0, fuelUsed: 0n }

/** What the data planes would tell: the provider's worker is up. */
export function makeReady(world: World, activity: Cid, parties: readonly Did[]): void {
  for (const did of parties)
    for (const stepped of ['initialize', 'deploy', 'start'] as const)
      give(world, did, { type: 'activityStepped', activity, step: stepped })
}

/** A frame of so many good tasks, `seconds` of work so far. */
export function frame(world: World, told: Partial<FrameSummary> & { seconds?: number } = {}): FrameSummary {
  const { seconds = 1, ...rest } = told
  return {
    isFinal: false,
    outcome: 'Running',
    taskCount: 10,
    okCount: 10,
    failedCount: 0,
    root: merkleRoot([]),
    usage: { ...someUsage, durationUs: seconds * 1_000_000 },
    startedAt: begun,
    endedAt: world.now,
    ...rest,
  }
}

/** What `to` says of an event that `from` brings: its refusal, or undefined where it is taken. */
export function verdict(world: World, to: Did, event: Verified<AnyBody>, from = event.body.author): string | undefined {
  const effects = give(world, to, { type: 'delivered', from, events: [event], token: 9 })
  const { body } = effects.find(({ type }) => type === 'respond') as Extract<Effect, { type: 'respond' }>
  const { verdicts } = body as { verdicts: { id: Cid; refused?: string }[] }
  return verdicts.find(({ id }) => id === event.id)?.refused
}

export const typesOf = (events: readonly Verified<AnyBody>[]): string[] => events.map(({ body }) => body.type)
export const only = <T>(all: Iterable<T>): T => {
  const [one, ...more] = all
  if (one === undefined || more.length > 0) throw new Error(`expected one, found ${more.length + (one ? 1 : 0)}`)
  return one
}
