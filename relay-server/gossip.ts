import { createHash } from 'node:crypto'
import { type GossipSub, type GossipSubComponents, gossipsub, TopicValidatorResult } from '@libp2p/gossipsub'
import { secondMs } from '../src/kernel/time.ts'
import { gossipMessageBytes } from '../src/net/limits.ts'
import type { Refuse } from './gater.ts'
import { createRate } from './rate.ts'
import type { RelayConfig } from './settings.ts'

/** Gossip as a member that reads nothing: messages are signed inside, and their id is the SHA-256 of their bytes. */
export function relayGossip(config: RelayConfig): (components: GossipSubComponents) => GossipSub {
  return gossipsub({
    globalSignaturePolicy: 'StrictNoSign',
    msgIdFn: ({ data }) => createHash('sha256').update(data).digest(),
    emitSelf: false,
    allowPublishToZeroTopicPeers: true,
    allowedTopics: [...config.topics],
    // A relay is the hub of many tabs with few links: a wide mesh, and everybody outside it is offered each message.
    D: 32,
    Dlo: 16,
    Dhi: 64,
    Dlazy: 64,
    gossipFactor: 1,
    maxInboundDataLength: 8 * gossipMessageBytes, // one frame carries several messages and their control
    // Tabs behind one address are the normal case; limits per address are the gater's.
    scoreParams: { IPColocationFactorWeight: 0 },
  })
}

/** Joins the configured topics, and stops what is too large or comes too fast from being carried on. */
export function joinTopics(gossip: GossipSub, config: RelayConfig, refuse: Refuse): void {
  const withinRate = createRate(config.gossipPerPeer, secondMs)
  for (const topic of config.topics) {
    gossip.topicValidators.set(topic, (from, { data }) => {
      if (data.length > gossipMessageBytes) {
        refuse('gossip-too-large', { peer: from.toString() })
        return TopicValidatorResult.Reject
      }
      if (withinRate(from.toString())) return TopicValidatorResult.Accept
      refuse('gossip-too-fast', { peer: from.toString() })
      return TopicValidatorResult.Ignore
    })
    gossip.subscribe(topic)
  }
}
