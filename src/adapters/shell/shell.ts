import { didOfPeerId, peerIdOfDid } from '../../identity/did.ts'
import type { Signer, Verify } from '../../identity/signing.ts'
import { type Result, refuse } from '../../kernel/result.ts'
import type { Rng } from '../../kernel/rng.ts'
import type { Timestamp } from '../../kernel/time.ts'
import { Jobs, OfferIds, PullOffers } from '../../market/messages.ts'
import type { Command, Effect, FrameSummary, Input, Peer } from '../../node/input.ts'
import { CatchUp, Deliver } from '../../node/messages.ts'
import { newestReviews } from '../../node/reviews.ts'
import type { NodeState } from '../../node/state.ts'
import { step } from '../../node/step.ts'
import type { ReceiptBody } from '../../receipts/messages.ts'
import { PullReceipts } from '../../receipts/messages.ts'
import { PullReviews, Reviews } from '../../reputation/messages.ts'
import type { Cid } from '../../wire/cid.ts'
import { decode, encode } from '../../wire/codec.ts'
import type { Verified } from '../../wire/event.ts'
import { type AnyBody, type Registry, reopen, sealed } from '../../wire/gate.ts'
import type { AnyProtocol, AnyTopic, Verdict } from '../../wire/protocol.ts'
import { check, type Did, type PeerId } from '../../wire/schema.ts'
import type { Network, PeerLink } from '../network.port.ts'
import type { EventLog } from '../storage.port.ts'
import type { SteadyTimers } from '../timer-worker.ts'
import { createAnchoring } from './anchoring.ts'
import { createSealing, type Sealing } from './sealing.ts'
import { createTimers } from './timers.ts'
import { createWriter } from './writer.ts'

/** A review by gossip, and the receipt that it is about, as they travel. */
type Said = { readonly review: Uint8Array; readonly receipt: Uint8Array }

/** The data plane: holds the bulk, tells the node summaries. */
export type Plane = {
  openActivity(activity: Cid): void
  acceptActivity(activity: Cid): void
  closeActivity(activity: Cid, reason: string): void
}

export type ShellPorts = {
  readonly node: NodeState
  readonly signer: Signer
  readonly verify: Verify
  readonly registry: Registry
  readonly network: Network
  readonly log: EventLog
  readonly rng: Rng
  readonly timers: SteadyTimers
  now(): Timestamp
  /** Told after every step that changed something, with the keys of what changed. */
  changed(keys: ReadonlySet<string>): void
  /** How long a step took. */
  measured(durationMs: number): void
  /** A write failed, or a peer sent what no honest one sends: for people and for the log, never with a secret. */
  report(fault: {
    readonly code: string
    readonly phase: string
    readonly peer?: string
    readonly message: string
  }): void
}

/** Turns the world into inputs and effects into the world; it decides nothing. */
export type Shell = {
  readonly sealing: Sealing
  /**
   * Steps the node. Resolves when what the step stated is durable and its effects were begun. A step that nobody waits for,
   * and that has nothing to say, may be stored `soon`, with others.
   */
  input(input: Input, when?: 'soon'): Promise<void>
  command(command: Command): Promise<Result<Cid | undefined>>
  /** The receipt of a frame, durable; undefined where the activity is over. */
  attest(activity: Cid, frame: FrameSummary): Promise<Verified<ReceiptBody> | undefined>
  attach(plane: Plane): void
  peerIdOf(did: Did): PeerId | undefined
  start(): Promise<void>
  stop(): Promise<void>
  /** What network handlers call. */
  readonly handlers: {
    peerUp(link: PeerLink): void
    peerChanged(link: PeerLink): void
    peerDown(peerId: PeerId): void
    request(protocol: AnyProtocol, body: Uint8Array, from: PeerId): Promise<Uint8Array>
    gossip(topic: AnyTopic, message: Uint8Array, from: PeerId): Promise<Verdict>
  }
}

export function createShell(ports: ShellPorts): Shell {
  const { node, network, log, now } = ports
  const sealing = createSealing(ports.signer, ports.verify, ports.registry)
  const timers = createTimers(ports.timers, now, (key) => void input({ type: 'timer', key }))
  /** Whoever waits for the answer to an input of theirs. */
  const waiting = new Map<number, (answer: unknown) => void>()
  const dialing = new Set<Did>()
  let tokens = 0
  let plane: Plane | undefined

  let isStopped = false
  const keepInTable = createAnchoring({ network, sealing, log, me: node.me })
  const writer = createWriter({ log, timers: ports.timers, carryOut, failed: writeFailed })

  function input(one: Input, when?: 'soon'): Promise<void> {
    // What is dropped here is looked at again when the node next starts.
    if (writer.isFull()) return Promise.resolve()
    const before = performance.now()
    const { effects, changed } = step(node, one, now(), ports.rng)
    ports.measured(performance.now() - before)
    if (changed.size > 0) ports.changed(changed)
    return writer.take(effects, when)
  }

  /** What is not kept is not said either: whoever gave a command is told that it waits for the disk. */
  function writeFailed(error: unknown, waiting: readonly Effect[]): void {
    ports.report({ code: codeOf(error), phase: 'persist', message: messageOf(error) })
    for (const effect of waiting) if (effect.type === 'answer') settle(effect.token, undefined)
  }

  function settle(token: number, answer: unknown): void {
    waiting.get(token)?.(answer)
    waiting.delete(token)
  }

  /** Undefined where the disk takes nothing. */
  function ask<Answer>(make: (token: number) => Input): Promise<Answer | undefined> {
    if (writer.isFull()) return Promise.resolve(undefined)
    const token = ++tokens
    return new Promise((resolve) => {
      waiting.set(token, resolve as (answer: unknown) => void)
      void input(make(token))
    })
  }

  function carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'persist':
        return
      case 'publish':
        return void publish(effect.topic, effect.message)
      case 'request':
        return void request(effect)
      case 'wake':
        return isStopped ? undefined : timers.set(effect.key, effect.at)
      case 'openActivity':
        return plane?.openActivity(effect.activity)
      case 'acceptActivity':
        return plane?.acceptActivity(effect.activity)
      case 'closeActivity':
        return plane?.closeActivity(effect.activity, effect.reason)
      case 'anchor':
        // Whoever waits for a result goes first; the table of the DHT is script that loads with its first use.
        return void ports.timers.after(anchorDelayMs, () => void anchor(effect.event))
      case 'dial':
        return void dial(effect.did)
      case 'respond':
        return settle(effect.token, effect.body)
      case 'answer':
        return settle(effect.token, effect.result)
      case 'attest':
        return settle(effect.token, effect.receipt)
    }
  }

  async function publish(topic: AnyTopic, message: unknown): Promise<void> {
    try {
      await network.publish(topic, encode(await sealing.sealAll(message)))
    } catch (error) {
      ports.report({ code: codeOf(error), phase: 'publish', message: messageOf(error) })
    }
  }

  async function request({ to, protocol, body, key }: Extract<Effect, { type: 'request' }>): Promise<void> {
    const peerId = peerIdOfDid(to)
    if (!peerId) return
    try {
      const bytes = encode(await sealing.sealAll(body))
      const answer =
        to === node.me ? await serve(protocol, bytes, network.peerId) : await network.request(peerId, protocol, bytes)
      const read = readAs(protocol.response, answer)
      if (!read.ok)
        throw Object.assign(new Error(`answer to ${protocol.id}: ${JSON.stringify(read.facts)}`), { code: read.code })
      if (protocol === PullOffers) await pulled(to, (read.value as { offers: Uint8Array[] }).offers)
      else if (protocol === PullReviews) for (const one of (read.value as { said: Said[] }).said) await hearReview(one)
      else if (protocol === CatchUp)
        await input({
          type: 'caughtUp',
          from: to,
          events: await unsealAll(to, (read.value as { events: Uint8Array[] }).events),
        })
      else await input({ type: 'response', key, from: to, body: read.value })
    } catch (error) {
      ports.report({ code: codeOf(error), phase: `request ${protocol.id}`, peer: to, message: messageOf(error) })
      await input({ type: 'failed', key, from: to, code: codeOf(error) })
    }
  }

  async function pulled(from: Did, envelopes: readonly Uint8Array[]): Promise<void> {
    const events = await unsealAll(from, envelopes)
    if (events.length > 0) await input({ type: 'pulled', from, events })
  }

  async function unsealAll(from: Did, envelopes: readonly Uint8Array[]): Promise<Verified<AnyBody>[]> {
    const read = await Promise.all(envelopes.map((one) => sealing.unseal(one)))
    for (const one of read)
      if (!one.ok) ports.report({ code: one.code, phase: 'gate', peer: from, message: factsOf(one.facts) })
    return read.flatMap((one) => (one.ok ? [one.value] : []))
  }

  async function dial(did: Did): Promise<void> {
    const peerId = peerIdOfDid(did)
    if (!peerId || dialing.has(did)) return
    dialing.add(did)
    try {
      await network.dial(peerId, [], AbortSignal.timeout(dialMs))
    } catch {
      // The outbox tries again at its own pace, and peerUp comes by itself when the other side dials.
    } finally {
      dialing.delete(did)
    }
  }

  async function anchor(event: Verified<AnyBody>): Promise<void> {
    if (isStopped) return
    try {
      await input({ type: 'anchored', receipt: event.id, isKept: await keepInTable(event) })
    } catch (error) {
      ports.report({ code: codeOf(error), phase: 'anchor', message: messageOf(error) })
      await input({ type: 'anchored', receipt: event.id, isKept: false })
    }
  }

  async function serve(protocol: AnyProtocol, body: Uint8Array, from: PeerId): Promise<Uint8Array> {
    const did = didOfPeerId(from)
    const read = readAs(protocol.request, body)
    if (!did || !read.ok) throw Object.assign(new Error('malformed request'), { code: 'malformed' })
    if (writer.isBroken()) throw Object.assign(new Error('the disk takes nothing now'), { code: 'storage-broken' })
    const { to } = read.value as { to?: Did }
    if (to !== undefined && to !== node.me)
      throw Object.assign(new Error('addressed to somebody else'), { code: 'wrong-recipient' })
    if (protocol === Deliver) {
      const facts = await unsealAll(did, (read.value as { events: Uint8Array[] }).events)
      return encode(
        (await ask((token) => ({ type: 'delivered', from: did, events: facts, token }))) ?? { verdicts: [] },
      )
    }
    if (protocol === PullReviews) return encode({ said: await storedReviews() })
    if (protocol === PullReceipts) return encode({ receipts: await storedReceipts((read.value as { ids: Cid[] }).ids) })
    const answer = await ask((token) => ({ type: 'request', protocol, body: read.value, from: did, token }))
    return encode(await sealing.sealAll(answer ?? {}))
  }

  async function hearJob(sealedJob: Uint8Array): Promise<Verdict> {
    const event = await sealing.unseal(sealedJob)
    if (!event.ok || event.value.body.type !== 'market/job-announced') return 'reject'
    if (event.value.body.author !== node.me) void input({ type: 'announced', event: event.value })
    return 'accept'
  }

  async function hearReview({ review, receipt }: Said): Promise<Verdict> {
    const [said, about] = await Promise.all([sealing.unseal(review), sealing.unseal(receipt)])
    if (!said.ok || !about.ok) return 'reject'
    const [event, of] = [said.value, about.value]
    return (await ask<Verdict>((token) => ({ type: 'reviewed', review: event, receipt: of, token }))) ?? 'ignore'
  }

  async function storedReviews(): Promise<Said[]> {
    const all = newestReviews(node).map(async (review): Promise<Said[]> => {
      const [receipt] = await storedReceipts([review.body.receipt])
      return receipt ? [{ review: await sealing.seal(review), receipt }] : []
    })
    return (await Promise.all(all)).flat()
  }

  async function storedReceipts(ids: readonly Cid[]): Promise<Uint8Array[]> {
    const found = await Promise.all(ids.map((id) => log.byId(id)))
    const envelopes = found.map(async (entry) => {
      if (!entry) return undefined
      if (entry.signature) return sealed(entry.body, entry.signature)
      const event = reopen(ports.registry, entry.body)
      return event.ok && event.value.body.author === node.me ? sealing.seal(event.value) : undefined
    })
    return (await Promise.all(envelopes)).filter((one) => one !== undefined)
  }

  return {
    sealing,
    input,
    async command(command) {
      if (writer.isBroken()) return refuse('storage-broken')
      const answer = await ask<Result<Cid | undefined>>((token) => ({ type: 'command', command, token }))
      return answer ?? refuse('storage-waits')
    },
    attest: (activity, frame) => ask((token) => ({ type: 'frameReady', activity, frame, token })),
    peerIdOf: peerIdOfDid,
    attach(given) {
      plane = given
    },
    start: () => input({ type: 'start' }),
    async stop() {
      isStopped = true
      writer.stop()
      timers.stop()
      plane = undefined
    },
    handlers: {
      peerUp: (link) => withPeer(link, (peer) => void input({ type: 'peerUp', peer })),
      peerChanged: (link) => withPeer(link, (peer) => void input({ type: 'peerChanged', peer })),
      peerDown(peerId) {
        const did = didOfPeerId(peerId)
        if (did) void input({ type: 'peerDown', did })
      },
      request: serve,
      async gossip(topic, message, from) {
        const did = didOfPeerId(from)
        const read = readAs(topic.message, message)
        if (!did || !read.ok) return 'reject'
        if (writer.isBroken()) return 'ignore'
        if (topic === Reviews) return hearReview(read.value as Said)
        if (topic === Jobs) return hearJob((read.value as { announcement: Uint8Array }).announcement)
        if (topic !== OfferIds) return 'accept'
        const { by, offers, withdrawn } = read.value as { by: Did; offers: Cid[]; withdrawn: Uint8Array[] }
        const events = await unsealAll(did, withdrawn)
        const areWithdrawals = events.every(({ body }) => body.type === 'market/offer-withdrawn')
        if (events.length < withdrawn.length || !areWithdrawals) return 'reject'
        if (events.length > 0) void input({ type: 'pulled', from: did, events })
        if (offers.length > 0) void input({ type: 'offerIds', from: did, by, offers })
        return 'accept'
      },
    },
  }
}

/** Past this a dial is surely stuck; a slow ICE takes five seconds. */
const dialMs = 15_000
const anchorDelayMs = 2_000

function withPeer(link: PeerLink, use: (peer: Peer) => void): void {
  const did = didOfPeerId(link.peerId)
  if (did) use({ did, isRelay: link.isRelay, direct: link.direct, rttMs: link.rttMs, range: link.range })
}

function readAs(schema: AnyProtocol['request'], bytes: Uint8Array): Result<unknown, 'malformed'> {
  const decoded = decode(bytes)
  return decoded.ok ? check(schema, decoded.value) : decoded
}

const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'unexpected'
}
const messageOf = (error: unknown): string => (error instanceof Error ? error.message.slice(0, 200) : 'unknown')
const factsOf = (facts: Readonly<Record<string, unknown>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')
