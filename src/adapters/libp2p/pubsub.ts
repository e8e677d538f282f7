import {
  type GossipSub,
  type GossipSubComponents,
  gossipsub,
  StrictNoSign,
  TopicValidatorResult,
} from '@libp2p/gossipsub'
import type { Connection, Topology } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { sha256 } from '@noble/hashes/sha2.js'
import type { AnyTopic, Verdict } from '../../wire/protocol.ts'
import type { PeerId } from '../../wire/schema.ts'
import { type NetworkLog, reasonOf } from './log.ts'
import { slidingQuota } from './quota.ts'

export type Pubsub = ReturnType<typeof createPubsub>

/** How long a publication waits for somebody to listen, and a new neighbour's subscriptions are waited for. */
const patienceMs = 1_000
const mostWaiting = 256 // publications held back at once, some seconds of a busy tab's start
/** An envelope, and the several messages that one answer to IWANT may carry. */
const messagesInOne = 16

const verdicts: Readonly<Record<Verdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

/**
 * Gossip over @libp2p/gossipsub. Messages carry no author of the transport's: events sign themselves, and a message is
 * named by the SHA-256 of its bytes. Which connection gossip runs over is told by `attach`, not found out by libp2p, which
 * would keep to the circuit that a direct connection was signalled over and fall silent when that closes.
 */
export function createPubsub(options: {
  readonly topics: readonly AnyTopic[]
  readonly isRelay: (peer: PeerId) => boolean
  readonly judge: (topic: AnyTopic, message: Uint8Array, from: PeerId) => Promise<Verdict>
  readonly now: () => number
  readonly log: NetworkLog
}) {
  const { topics, judge, now, log } = options
  let router: (GossipSub & { readonly streamsOutbound: ReadonlyMap<string, unknown> }) | undefined
  let topology: Topology | undefined
  const attachedAt = new Map<PeerId, number>()
  const greeted = new Set<PeerId>()
  let waiting = 0

  const service = (components: GossipSubComponents): GossipSub => {
    const { registrar } = components
    const ownRegistrar: Pick<typeof registrar, 'handle' | 'unhandle' | 'register' | 'unregister'> = {
      handle: (protocol, handler, how) => registrar.handle(protocol, handler, how),
      unhandle: (protocol, how) => registrar.unhandle(protocol, how),
      register: async (_protocol, given) => {
        topology = given // one and the same for every version of the protocol
        return 'attached-by-hand'
      },
      unregister: () => {},
    }
    const { privateKey, peerId, peerStore, connectionManager, logger } = components
    const own = {
      privateKey,
      peerId,
      peerStore,
      connectionManager,
      logger,
      registrar: ownRegistrar as typeof registrar,
    }
    router = gossipsub(settings(topics))(own) as NonNullable<typeof router>
    return router
  }

  const validator = (topic: AnyTopic) => {
    const within = slidingQuota(topic.perPeer, now)
    return async (peer: { toString(): string }, { data }: { data: Uint8Array }): Promise<TopicValidatorResult> => {
      const from = peer.toString() as PeerId
      if (data.length > topic.maxBytes) return TopicValidatorResult.Reject
      if (!within(from)) return TopicValidatorResult.Ignore
      try {
        return verdicts[await judge(topic, data, from)]
      } catch (error) {
        log('gossip-judge-failed', { topic: topic.id, reason: reasonOf(error) })
        return TopicValidatorResult.Ignore
      }
    }
  }

  const audience = (topic: string): readonly string[] =>
    (router?.getSubscribers(topic) ?? []).map(String).filter((peer) => router?.streamsOutbound.has(peer))
  /** Whether every neighbour that came within the last moment has said what it listens to. */
  const allGreeted = (): boolean =>
    [...attachedAt].every(([peer, at]) => greeted.has(peer) || performance.now() - at > patienceMs)
  const ready = (topic: string): boolean => audience(topic).length > 0 && allGreeted()

  const untilReady = (topic: string): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearInterval(look)
        clearTimeout(patience)
        resolve()
      }
      // 20 ms: a subscription takes effect a moment after it is announced, once our own stream to that peer stands
      const look = setInterval(() => ready(topic) && done(), 20)
      const patience = setTimeout(done, patienceMs)
    })

  return {
    service,
    start: (): void => {
      router?.addEventListener('subscription-change', ({ detail }) => greeted.add(detail.peerId.toString() as PeerId))
      for (const topic of topics) {
        router?.topicValidators.set(topic.id, validator(topic))
        router?.subscribe(topic.id)
      }
    },
    /** Lets gossip with a peer run over this connection; said again, it mends a stream that was lost. */
    attach: (peer: PeerId, connection: Connection): void => {
      if (!attachedAt.has(peer)) attachedAt.set(peer, performance.now())
      if (options.isRelay(peer)) greeted.add(peer) // it may carry none of our topics, and is not waited for
      topology?.onConnect?.(connection.remotePeer, connection)
    },
    detach: (peer: PeerId): void => {
      attachedAt.delete(peer)
      greeted.delete(peer)
      topology?.onDisconnect?.(peerIdFromString(peer))
    },
    /** Peers that gossip has no stream to though it should. */
    lacking: (): readonly PeerId[] => [...attachedAt.keys()].filter((peer) => !router?.streamsOutbound.has(peer)),
    /** @returns to how many peers it went at once; 0 after a second without anybody listening */
    publish: async (topic: AnyTopic, message: Uint8Array): Promise<number> => {
      if (!router) return 0
      if (!ready(topic.id)) {
        if (waiting >= mostWaiting) return 0
        waiting += 1
        await untilReady(topic.id)
        waiting -= 1
      }
      if (audience(topic.id).length === 0) return 0
      const { recipients } = await router.publish(topic.id, message)
      return recipients.length
    },
  }
}

/** D = 6 of a mesh is gossipsub's own choice for large networks; with fewer peers than 6 the mesh is everybody. */
function settings(topics: readonly AnyTopic[]): Parameters<typeof gossipsub>[0] {
  const largest = Math.max(1_024, ...topics.map(({ maxBytes }) => maxBytes))
  return {
    globalSignaturePolicy: StrictNoSign,
    msgIdFn: ({ data }) => sha256(data),
    emitSelf: false,
    floodPublish: true,
    fallbackToFloodsub: false,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    runOnLimitedConnection: true,
    allowedTopics: topics.map(({ id }) => id),
    maxInboundDataLength: messagesInOne * (largest + 1_024),
    maxInboundStreams: 8,
    maxOutboundStreams: 8,
    scoreParams: {
      // all who were met through one relay seem to share its address
      IPColocationFactorWeight: 0,
      topics: Object.fromEntries(topics.map(({ id }) => [id, topicScore])),
    },
  }
}

/** Only what a topic's judge rejects counts against a peer: silence and lateness are no fault of a tab. */
const topicScore = {
  topicWeight: 1,
  timeInMeshWeight: 0,
  timeInMeshQuantum: 1_000,
  timeInMeshCap: 1,
  firstMessageDeliveriesWeight: 0,
  firstMessageDeliveriesDecay: 0.5,
  firstMessageDeliveriesCap: 1,
  meshMessageDeliveriesWeight: 0,
  meshMessageDeliveriesDecay: 0.5,
  meshMessageDeliveriesCap: 1,
  meshMessageDeliveriesThreshold: 1,
  meshMessageDeliveriesWindow: 10,
  meshMessageDeliveriesActivation: 1_000,
  meshFailurePenaltyWeight: 0,
  meshFailurePenaltyDecay: 0.5,
  invalidMessageDeliveriesWeight: -10, // the square of the count: three rejected messages a minute are tolerated, ten are not
  invalidMessageDeliveriesDecay: 0.97,
}
