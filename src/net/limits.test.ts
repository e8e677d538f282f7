import { describe, expect, it } from 'vitest'
import { encode } from '../wire/codec.ts'
import { check, type PeerId } from '../wire/schema.ts'
import {
  circuitDurationMs,
  relayedTopics,
  reservationTtlMs,
  sampleBytes,
  samplePeers,
  sampleTimeoutMs,
} from './limits.ts'
import { PeerExchange } from './messages.ts'

const peers = (count: number): PeerId[] => Array.from({ length: count }, () => `12D3KooW${'B'.repeat(44)}` as PeerId)

describe('what tabs and relays agree on', () => {
  it('[NL1] an introduction of as many peers as there may be fits into its answer', () => {
    expect(encode({ peers: peers(samplePeers) }).length).toBeLessThanOrEqual(sampleBytes)
    expect(sampleTimeoutMs).toBeLessThan(circuitDurationMs)
  })

  it('[NL2] a circuit outlives the renewal of a reservation, at half of its time', () => {
    expect(circuitDurationMs).toBeGreaterThan(reservationTtlMs / 2)
  })

  it('[NL3] the topics that relays join are named once each, in the mesh’s own name', () => {
    expect(new Set(relayedTopics).size).toBe(relayedTopics.length)
    for (const id of relayedTopics) expect(id).toMatch(/^\/tabmesh\/[a-z-]+\/[a-z-]+\/\d+$/)
  })

  it('[NL4] a peer exchange answers with twenty peers at most, and they fit its frame', () => {
    const answer = { peers: peers(samplePeers) }
    expect(check(PeerExchange.response, answer)).toMatchObject({ ok: true })
    expect(encode(answer).length).toBeLessThanOrEqual(PeerExchange.maxResponseBytes)
    expect(check(PeerExchange.response, { peers: peers(samplePeers + 1) })).toMatchObject({ code: 'malformed' })
    expect(check(PeerExchange.response, { peers: ['somebody'] })).toMatchObject({ code: 'malformed' })
    expect(encode({}).length).toBeLessThanOrEqual(PeerExchange.maxRequestBytes)
  })
})
