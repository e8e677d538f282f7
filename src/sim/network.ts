import type { Rng } from '../kernel/rng.ts'
import type { Peer } from '../node/input.ts'
import type { AnyProtocol, AnyTopic } from '../wire/protocol.ts'
import type { Did } from '../wire/schema.ts'
import type { Packet } from './codec.ts'
import type { Host } from './shell.ts'
import type { World } from './world.ts'

/** What the sender learns: the answer's bytes, or a code of the network port. */
export type Answered = (answer: Packet | string) => void

/** One conversation of frames: in order, nothing lost while it lasts. */
export type SimStream = {
  readonly opener: Host
  readonly server: Host
  /** When the last frame each way arrives: the next comes no sooner. */
  readonly arrives: { toServer: number; toOpener: number }
  isOpen: boolean
  onServer(frame: Uint8Array): void
  onOpener(frame: Uint8Array): void
  /** Told once each side, at a moment of its own. */
  serverEnded(): void
  openerEnded(): void
}

export type SimNetwork = {
  isRelayUp: boolean
  /** Messages that never arrived, whatever the reason. */
  lost: number
  linked(a: Host, b: Host): boolean
  linksOf(host: Host): ReadonlySet<Host>
  dial(from: Host, to: Did): void
  request(from: Host, to: Did, protocol: AnyProtocol, body: Packet, answered: Answered): void
  publish(from: Host, topic: AnyTopic, message: Packet): void
  openStream(from: Host, to: Did, opened: (stream: SimStream | undefined) => void): void
  send(stream: SimStream, from: Host, frame: Uint8Array): void
  end(stream: SimStream): void
  /** The tab is gone. Its peers hear at once where it could say goodbye, else when their pings fail. */
  leave(host: Host, isGraceful: boolean): void
  /** From now on nothing goes from `a` to `b`. */
  block(a: Host, b: Host): void
  mend(): void
  breakSomeStream(rng: Rng): void
  /** A tab looks for neighbours while it has too few. */
  discover(host: Host): void
}

const dialsAtOnce = 3
const lookEveryMs = 10_000
/** Unanswered pings for so long, and a link is taken for dead. */
const pingsFailMs = 20_000
const stragglerMs = 5_000

export function createNetwork(world: World, rng: Rng): SimNetwork {
  const links = new Map<Host, Set<Host>>()
  const blocked = new Set<string>()
  const streams = new Set<SimStream>()
  /** By row, then by both ends. */
  const asked = new Map<string, Map<number, { since: number; count: number }>>()
  const way = (a: Host, b: Host): string => `${a.index}>${b.index}`
  const linksOf = (host: Host): Set<Host> => {
    const known = links.get(host) ?? new Set<Host>()
    links.set(host, known)
    return known
  }
  const latency = (): number => {
    const { latencyMs, stragglerPermille } = world.faults
    const late = stragglerPermille > 0 && rng.chance(stragglerPermille) ? rng.below(stragglerMs) : 0
    return latencyMs.least + rng.below(latencyMs.spread + 1) + late
  }
  const isLost = (from: Host, to: Host): boolean => {
    const gone = (blocked.size > 0 && blocked.has(way(from, to))) || rng.chance(world.faults.lossPermille)
    if (gone) network.lost += 1
    return gone
  }

  function within(to: Host, from: Host, row: AnyProtocol | AnyTopic): boolean {
    const key = to.index * world.hosts.length + from.index
    const calls = asked.get(row.id) ?? new Map<number, { since: number; count: number }>()
    const known = calls.get(key)
    const { count, windowMs } = row.perPeer
    if (!known || world.now >= known.since + windowMs) {
      calls.set(key, { since: world.now, count: 1 })
      asked.set(row.id, calls)
      return true
    }
    known.count += 1
    return known.count <= count
  }

  function link(a: Host, b: Host): void {
    if (linksOf(a).has(b) || !a.isUp || !b.isUp || a === b) return
    linksOf(a).add(b)
    linksOf(b).add(a)
    for (const [self, other] of [
      [a, b],
      [b, a],
    ] as const)
      world.plan(1, 'peerUp', self, () => self.input({ type: 'peerUp', peer: peerOf(other) }))
  }

  function unlink(a: Host, b: Host, aHearsMs: number, bHearsMs: number): void {
    if (!linksOf(a).delete(b)) return
    linksOf(b).delete(a)
    for (const stream of streams)
      if (isBetween(stream, a, b)) close(stream, { [a.index]: aHearsMs, [b.index]: bHearsMs })
    world.plan(aHearsMs, 'peerDown', a, () => hearDown(a, b))
    world.plan(bHearsMs, 'peerDown', b, () => hearDown(b, a))
  }

  function hearDown(self: Host, other: Host): void {
    if (!linksOf(self).has(other)) self.input({ type: 'peerDown', did: other.did })
  }

  function close(stream: SimStream, afterMs: Readonly<Record<number, number>>): void {
    if (!streams.delete(stream)) return
    stream.isOpen = false
    const { opener, server } = stream
    world.plan(afterMs[opener.index] ?? latency(), 'streamEnded', opener, () => stream.openerEnded())
    world.plan(afterMs[server.index] ?? latency(), 'streamEnded', server, () => stream.serverEnded())
  }

  /** Hands a message from hop to hop; whoever has it is not handed it again. */
  function spread(topic: AnyTopic, message: Packet, seen: Uint8Array, from: Host): void {
    for (const to of linksOf(from)) {
      if (seen[to.index] === 1 || isLost(from, to)) continue
      seen[to.index] = 1
      world.plan(latency(), 'gossip', to, () => {
        if (!to.isUp || message.bytes.length > topic.maxBytes || !within(to, from, topic)) return
        if (to.gossip(topic, message, from.did) === 'accept') spread(topic, message, seen, to)
      })
    }
  }

  const network: SimNetwork = {
    isRelayUp: true,
    lost: 0,
    linked: (a, b) => linksOf(a).has(b),
    linksOf,
    dial(from, did) {
      const to = world.hostOf.get(did)
      if (!to || linksOf(from).has(to)) return
      world.plan(latency() * 4, 'dialled', from, () => {
        if (network.isRelayUp && to.isUp && !blocked.has(way(from, to)) && !blocked.has(way(to, from))) link(from, to)
      })
    },
    request(from, did, protocol, body, answered) {
      const to = world.hostOf.get(did)
      const { life } = from
      const since = world.now
      let isDone = false
      const done: Answered = (answer) => {
        // An answer to an earlier life of the tab finds nobody.
        if (isDone || from.life !== life) return
        isDone = true
        answered(world.now > since + protocol.timeoutMs ? 'timed-out' : answer)
      }
      if (!to || !linksOf(from).has(to)) return world.plan(1, 'unreachable', from, () => done('unreachable'))
      if (body.bytes.length > protocol.maxRequestBytes) return world.plan(1, 'too-large', from, () => done('too-large'))
      let isAnswered = false
      const reply: Answered = (answer) => {
        if (isAnswered || isLost(to, from)) return
        isAnswered = true
        const isTooLarge = typeof answer !== 'string' && answer.bytes.length > protocol.maxResponseBytes
        world.plan(latency(), 'answer', from, () => done(isTooLarge ? 'too-large' : answer))
      }
      // The clock of the request is only wound up where no answer is on its way.
      const giveUp = (): void => {
        if (!isAnswered && from.life === life)
          world.plan(since + protocol.timeoutMs - world.now, 'timeout', from, () => done('timed-out'))
      }
      const { life: lifeOfServer } = to
      const arrive = (): void => {
        if (!within(to, from, protocol)) reply('over-quota')
        else to.serve(protocol, body, from.did, reply)
      }
      const copies = rng.chance(world.faults.duplicatePermille) ? 2 : 1
      for (let copy = 0; copy < copies; copy++) {
        if (isLost(from, to)) {
          giveUp()
          continue
        }
        world.planAnyway(latency(), 'request', to, () => {
          if (to.life === lifeOfServer) {
            if (to.frozenUntil > world.now) world.plan(to.frozenUntil - world.now, 'request', to, arrive)
            else arrive()
          }
          giveUp()
        })
      }
    },
    publish(from, topic, message) {
      const seen = new Uint8Array(world.hosts.length)
      seen[from.index] = 1
      spread(topic, message, seen, from)
    },
    openStream(from, did, opened) {
      const to = world.hostOf.get(did)
      if (!to || !linksOf(from).has(to) || isLost(from, to))
        return world.plan(latency(), 'streamRefused', from, () => opened(undefined))
      const nothing = (): void => {}
      const stream: SimStream = {
        opener: from,
        server: to,
        arrives: { toServer: 0, toOpener: 0 },
        isOpen: true,
        onServer: nothing,
        onOpener: nothing,
        serverEnded: nothing,
        openerEnded: nothing,
      }
      streams.add(stream)
      to.serveStream(stream)
      world.plan(latency(), 'streamOpened', from, () => opened(stream.isOpen ? stream : undefined))
    },
    send(stream, from, frame) {
      if (!stream.isOpen) return
      const isToServer = from === stream.opener
      const to = isToServer ? stream.server : stream.opener
      const stallMs = isLost(from, to) ? 1_000 : 0 // sent again by the transport
      const side = isToServer ? 'toServer' : 'toOpener'
      const at = Math.max(stream.arrives[side], world.now + latency() + stallMs)
      stream.arrives[side] = at
      world.plan(at - world.now, 'frame', to, () => {
        if (!stream.isOpen) return
        if (isToServer) stream.onServer(frame)
        else stream.onOpener(frame)
      })
    },
    end: (stream) => close(stream, {}),
    leave(host, isGraceful) {
      for (const other of [...linksOf(host)])
        unlink(host, other, 0, isGraceful ? latency() : 5_000 + rng.below(pingsFailMs))
    },
    block(a, b) {
      blocked.add(way(a, b))
      if (!linksOf(a).has(b)) return
      world.planAnyway(pingsFailMs, 'pingsFail', undefined, () => {
        if (blocked.has(way(a, b)) && linksOf(a).has(b)) unlink(a, b, latency(), latency())
      })
    },
    mend: () => blocked.clear(),
    breakSomeStream(chance) {
      const all = [...streams]
      const one = all[chance.below(Math.max(1, all.length))]
      if (one) close(one, {})
    },
    discover(host) {
      if (network.isRelayUp && linksOf(host).size < world.neighbours) {
        for (let tried = 0; tried < dialsAtOnce; tried++) {
          const stranger = world.hosts[rng.below(world.hosts.length)]
          if (stranger?.isUp && stranger !== host) network.dial(host, stranger.did)
        }
      }
      world.plan(lookEveryMs + rng.below(1_000), 'discover', host, () => network.discover(host))
    },
  }
  return network
}

const isBetween = ({ opener, server }: SimStream, a: Host, b: Host): boolean =>
  (opener === a && server === b) || (opener === b && server === a)

const peerOf = ({ did }: Host): Peer => ({ did, isRelay: false, direct: true, rttMs: 20 })
