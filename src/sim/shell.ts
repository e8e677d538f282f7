import type { Result } from '../kernel/result.ts'
import { refuse } from '../kernel/result.ts'
import type { Rng } from '../kernel/rng.ts'
import { type Timestamp, timestamp } from '../kernel/time.ts'
import { Jobs, OfferIds, PullOffers } from '../market/messages.ts'
import type { Command, Effect, FrameSummary, Input, Plan } from '../node/input.ts'
import { CatchUp, Deliver } from '../node/messages.ts'
import { events as registry } from '../node/registry.ts'
import { initialState, type NodeState } from '../node/state.ts'
import { replay, step } from '../node/step.ts'
import { PullReceipts, type ReceiptBody } from '../receipts/messages.ts'
import { PullReviews, Reviews } from '../reputation/messages.ts'
import type { Cid } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { Verified } from '../wire/event.ts'
import { type AnyBody, reopen } from '../wire/gate.ts'
import type { AnyProtocol, AnyTopic, Verdict } from '../wire/protocol.ts'
import type { Did } from '../wire/schema.ts'
import type { Actor } from './actors/actor.ts'
import { type Packet, packetOf } from './codec.ts'
import { append, emptyDisk, type SimDisk } from './disk.ts'
import type { Answered, SimStream } from './network.ts'
import { createProviderPlane, type SimProviderPlane } from './plane-provider.ts'
import { createRequestorPlane, type SimRequestorPlane } from './plane-requestor.ts'
import type { SimSigner } from './signing.ts'
import type { World } from './world.ts'

/** What a person does with a tab. */
export type HostRole = {
  /** On sale from every start on. */
  readonly plan: ((did: Did) => Plan) | undefined
  /** What one task takes on this machine, ms. */
  readonly taskMs: number
}

/** One tab: the node, and in this file the shell around it, which does what adapters/shell does. */
export type Host = {
  readonly index: number
  readonly did: Did
  readonly actor: Actor
  readonly role: HostRole
  readonly signer: SimSigner
  readonly disk: SimDisk
  readonly rng: Rng
  readonly world: World
  node: NodeState
  plane: { readonly requestor: SimRequestorPlane; readonly provider: SimProviderPlane }
  /** Counts openings of the tab: what an earlier life planned does not happen. */
  life: number
  isUp: boolean
  /** Its clock minus the world's, ms. */
  skewMs: number
  /** A sleeping tab takes nothing up before. */
  frozenUntil: number
  now(): Timestamp
  input(one: Input): void
  command(command: Command): Result<Cid | undefined> | undefined
  attest(activity: Cid, frame: FrameSummary, then: (receipt: Verified<ReceiptBody> | undefined) => void): void
  serve(protocol: AnyProtocol, body: Packet, from: Did, reply: Answered): void
  gossip(topic: AnyTopic, message: Packet, from: Did): Verdict
  serveStream(stream: SimStream): void
  open(): void
  close(isGraceful: boolean): void
}

type Made = { readonly index: number; readonly actor: Actor; readonly rng: Rng; readonly role: Partial<HostRole> }

export function createHost(world: World, { index, actor, rng, role }: Made): Host {
  const signer = world.signing.create(rng.fork())
  const { codec, network } = world
  const timers = new Map<string, Timestamp>()
  const waiting = new Map<number, (answer: unknown) => void>()
  /** Steps whose facts are not yet durable, and those behind them. */
  const held: (readonly Effect[])[] = []
  let isWriting = false
  let tokens = 0

  const host: Host = {
    index,
    did: signer.did,
    actor,
    role: { plan: role.plan, taskMs: role.taskMs ?? 100 },
    signer,
    disk: emptyDisk(),
    rng,
    world,
    node: initialState(signer.did),
    plane: undefined as unknown as Host['plane'],
    life: 0,
    isUp: false,
    skewMs: 0,
    frozenUntil: 0,
    now: () => timestamp(world.now + host.skewMs),
    input,
    command(command) {
      let result: Result<Cid | undefined> | undefined
      const token = ask((answer) => {
        result = (answer as Result<Cid | undefined> | undefined) ?? refuse('storage-broken')
      })
      input({ type: 'command', command, token })
      return result
    },
    attest(activity, frame, then) {
      const token = ask((answer) => then(answer as Verified<ReceiptBody> | undefined))
      input({ type: 'frameReady', activity, frame, token })
    },
    serve,
    gossip,
    serveStream: (stream) => host.plane.provider.serve(stream),
    open,
    close,
  }

  function ask(answered: (answer: unknown) => void): number {
    tokens += 1
    waiting.set(tokens, answered)
    return tokens
  }
  function settle(token: number, answer: unknown): void {
    waiting.get(token)?.(answer)
    waiting.delete(token)
  }

  function input(one: Input): void {
    if (!host.isUp) return
    world.steps += 1
    const { effects, changed } = step(host.node, one, host.now(), host.rng)
    world.checks.stepped(host, one, changed)
    hold(effects)
    for (const key of changed) if (key.startsWith('account:')) return host.plane.provider.goOn()
  }

  /** Effects leave in the order of their steps, and none before what its step and those before it state is durable. */
  function hold(effects: readonly Effect[]): void {
    if (!isWriting && effects[0]?.type !== 'persist') return carryOutAll(effects, effects.length)
    held.push(effects)
    if (!isWriting) write()
  }

  /** One write for all steps that wait; a refused one is tried again, and meanwhile nothing is said. */
  function write(): void {
    const { disk } = host
    isWriting = true
    world.plan(rng.below(world.faults.diskMs + 1), 'written', host, () => {
      if (disk.fullUntil > world.now) {
        for (const effect of held.flat()) if (effect.type === 'answer') settle(effect.token, undefined)
        return world.plan(writeAgainMs, 'writeAgain', host, write)
      }
      const { life } = host
      const steps = held.splice(0)
      for (const [first] of steps) {
        if (first?.type !== 'persist') continue
        append(disk, first.events)
        world.checks.persisted(host, first.events)
      }
      for (const effects of steps) if (host.life === life) leave(effects)
      if (host.life !== life) return
      isWriting = false
      if (held.length > 0) write()
    })
  }

  /** What a step wants, all of it or, where the tab closes meanwhile, its beginning. */
  function leave(effects: readonly Effect[]): void {
    const isCrash = rng.chance(world.faults.crashPermille)
    carryOutAll(effects, isCrash ? rng.below(effects.length) : effects.length)
    if (!isCrash) return
    close(false)
    world.planAnyway(300 + rng.below(20_000), 'reopen', host, open)
  }

  function carryOutAll(effects: readonly Effect[], count: number): void {
    const { life } = host
    for (let at = 0; at < count && host.life === life; at++) {
      const effect = effects[at]!
      if (actor.leaves) for (const other of actor.leaves(effect, host)) carryOut(other)
      else carryOut(effect)
    }
  }

  function carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'persist':
        return
      case 'publish':
        return network.publish(host, effect.topic, codec.write(signer, effect.message))
      case 'request':
        return request(effect)
      case 'wake':
        return wake(effect.key, effect.at)
      case 'openActivity':
        return host.plane.requestor.openActivity(effect.activity)
      case 'acceptActivity':
        return
      case 'closeActivity':
        host.plane.requestor.closeActivity(effect.activity, effect.reason)
        return host.plane.provider.closeActivity(effect.activity)
      case 'anchor':
        return world.plan(500, 'anchored', host, () =>
          input({ type: 'anchored', receipt: effect.event.id, isKept: true }),
        )
      case 'dial':
        return network.dial(host, effect.did)
      case 'respond':
        return settle(effect.token, effect.body)
      case 'answer':
        return settle(effect.token, effect.result)
      case 'attest':
        return settle(effect.token, effect.receipt)
    }
  }

  function wake(key: string, at: Timestamp): void {
    if (timers.get(key) === at) return
    timers.set(key, at)
    world.plan(Math.max(0, at - host.now()), 'timer', host, () => ring(key, at))
  }

  function ring(key: string, at: Timestamp): void {
    if (timers.get(key) !== at) return
    timers.delete(key)
    if (host.now() < at) wake(key, at)
    else input({ type: 'timer', key })
  }

  function request({ to, protocol, body, key }: Extract<Effect, { type: 'request' }>): void {
    world.checks.speaks(host, body)
    const bytes = codec.write(signer, body)
    const answered: Answered = (answer) => {
      if (typeof answer === 'string') return input({ type: 'failed', key, from: to, code: answer })
      const read = codec.read(protocol.response, answer)
      if (!read.ok) return input({ type: 'failed', key, from: to, code: read.code })
      if (protocol === CatchUp) {
        const { events } = read.value as { events: Uint8Array[] }
        return input({ type: 'caughtUp', from: to, events: unsealAll(answer, events) })
      }
      if (protocol !== PullOffers) return input({ type: 'response', key, from: to, body: read.value })
      const events = unsealAll(answer, (read.value as { offers: Uint8Array[] }).offers)
      if (events.length > 0) input({ type: 'pulled', from: to, events })
    }
    if (to === host.did) serve(protocol, bytes, host.did, answered)
    else network.request(host, to, protocol, bytes, answered)
  }

  function unsealAll(packet: Packet, envelopes: readonly Uint8Array[]): Verified<AnyBody>[] {
    return codec.unsealAll(packet, envelopes).flatMap((read) => (read.ok ? [read.value] : []))
  }

  function serve(protocol: AnyProtocol, body: Packet, from: Did, reply: Answered): void {
    const read = codec.read(protocol.request, body)
    if (!read.ok) return reply('refused')
    if (protocol === Deliver) {
      const { to, events } = read.value as { to: Did; events: Uint8Array[] }
      if (to !== host.did) return reply('refused')
      const token = ask((answer) => reply(packetOf(encode(answer ?? { verdicts: [] }))))
      return input({ type: 'delivered', from, events: unsealAll(body, events), token })
    }
    if (protocol === PullReviews) return reply(packetOf(encode({ said: [] })))
    if (protocol === PullReceipts) return reply(packetOf(encode({ receipts: [] })))
    const token = ask((answer) => reply(codec.write(signer, answer ?? {})))
    input({ type: 'request', protocol, body: read.value, from, token })
  }

  function gossip(topic: AnyTopic, message: Packet, from: Did): Verdict {
    const read = codec.read(topic.message, message)
    if (!read.ok) return 'reject'
    if (topic === Reviews) return hearReview(read.value as { review: Uint8Array; receipt: Uint8Array })
    if (topic === Jobs) return hearJob((read.value as { announcement: Uint8Array }).announcement)
    if (topic !== OfferIds) return 'accept'
    const { by, offers, withdrawn } = read.value as { by: Did; offers: Cid[]; withdrawn: Uint8Array[] }
    const events = unsealAll(message, withdrawn)
    if (events.length < withdrawn.length) return 'reject'
    if (events.length > 0) input({ type: 'pulled', from, events })
    if (offers.length > 0) input({ type: 'offerIds', from, by, offers })
    return 'accept'
  }

  /** What is still being written when it would be passed on, was taken. */
  function hearReview({ review, receipt }: { review: Uint8Array; receipt: Uint8Array }): Verdict {
    const [said, about] = [codec.unseal(review), codec.unseal(receipt)]
    if (!said.ok || !about.ok) return 'reject'
    let verdict: Verdict = 'accept'
    const token = ask((answer) => {
      verdict = answer as Verdict
    })
    input({ type: 'reviewed', review: said.value, receipt: about.value, token })
    return verdict
  }

  function hearJob(announcement: Uint8Array): Verdict {
    const event = codec.unseal(announcement)
    if (!event.ok || event.value.body.type !== 'market/job-announced') return 'reject'
    if (event.value.body.author !== host.did) input({ type: 'announced', event: event.value })
    return 'accept'
  }

  function open(): void {
    if (host.isUp) return
    host.life += 1
    host.isUp = true
    timers.clear()
    waiting.clear()
    held.length = 0
    isWriting = false
    host.node = restored(host)
    host.plane = { requestor: createRequestorPlane(host), provider: createProviderPlane(host) }
    world.checks.opened(host)
    input({ type: 'start' })
    host.plane.requestor.resume()
    const { plan } = host.role
    if (plan) host.command({ type: 'sell', plan: plan(host.did) })
    actor.starts?.(host)
    world.plan(rng.below(3_000), 'discover', host, () => network.discover(host))
  }

  function close(isGraceful: boolean): void {
    if (!host.isUp) return
    world.checks.closing(host)
    network.leave(host, isGraceful)
    host.isUp = false
    host.life += 1
  }

  return host
}

/** A full disk is asked again after this. */
const writeAgainMs = 1_000

/** The state as the log tells it: what sdk/restore does, without a snapshot. */
function restored(host: Host): NodeState {
  const { disk, did, rng, world } = host
  const node = initialState(did)
  for (const { body, signature } of disk.log) {
    const event = reopen(registry, body)
    if (!event.ok) continue
    const folded = replay(node, signature ? { ...event.value, signature } : event.value, rng)
    if (!folded.ok) world.checks.notReplayed(host, event.value, folded.code)
  }
  return node
}
