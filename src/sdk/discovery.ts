import type { Network } from '../adapters/network.port.ts'
import { samplePeers } from '../net/limits.ts'
import { PeerExchange } from '../net/messages.ts'
import { decodeFrame, encode } from '../wire/codec.ts'
import { check, type PeerId } from '../wire/schema.ts'

/** As many direct neighbours as gossip needs and a phone's tab carries; more come by dialling us. */
const wantedNeighbours = 8
/** Looked for this often while there are fewer; the relay answers ten samples a minute. */
const lookEveryMs = 10_000
/** Strangers dialled at once: each costs an ICE negotiation. */
const dialsAtOnce = 3
const dialMs = 15_000

export type Discovery = { look(): void; stop(): void }

/** Finds somebody: a sample of each relay's guests, and the neighbours of neighbours, so that it goes on while no relay answers. */
export function createDiscovery(network: Network, isOff: () => boolean): Discovery {
  const busy = new Set<PeerId>()
  let isLooking = false
  let again = false
  const timer = setInterval(look, lookEveryMs)

  const neighbours = () => network.links().filter(({ isRelay, direct }) => !isRelay && direct)

  function look(): void {
    if (isOff() || neighbours().length >= wantedNeighbours) return
    again = isLooking // somebody may have come since the answer that is being looked into
    if (isLooking) return
    isLooking = true
    void find().finally(() => {
      isLooking = false
      if (again) look()
    })
  }

  async function find(): Promise<void> {
    const sampled = await network.sample().catch(() => [])
    const heard = sampled.length > 0 ? [] : await neighboursOfNeighbours()
    const known = new Set(network.links().map(({ peerId }) => peerId))
    const strangers = [...new Set([...sampled, ...heard])].filter(
      (peer) => peer !== network.peerId && !known.has(peer) && !busy.has(peer),
    )
    for (let at = 0; at < strangers.length && neighbours().length < wantedNeighbours; at += dialsAtOnce) {
      await Promise.all(strangers.slice(at, at + dialsAtOnce).map(dial))
    }
  }

  async function neighboursOfNeighbours(): Promise<PeerId[]> {
    const answers = neighbours()
      .slice(0, dialsAtOnce)
      .map(async ({ peerId }) => {
        const bytes = await network.request(peerId, PeerExchange, encode({})).catch(() => undefined)
        const decoded = bytes && decodeFrame(bytes)
        const read = decoded?.ok ? check(PeerExchange.response, decoded.value) : undefined
        return read?.ok ? (read.value as { peers: PeerId[] }).peers : []
      })
    return (await Promise.all(answers)).flat()
  }

  async function dial(peer: PeerId): Promise<void> {
    busy.add(peer)
    // A stranger that cannot be reached is no fault: it is met again in a later sample.
    await network.dial(peer, [], AbortSignal.timeout(dialMs)).catch(() => {})
    busy.delete(peer)
  }

  return { look, stop: () => clearInterval(timer) }
}

/** What we answer to who asks whom we know. */
export const exchangePeers = (network: Network): Uint8Array => {
  const peers = network.links().filter(({ isRelay, direct }) => !isRelay && direct)
  return encode({ peers: peers.slice(0, samplePeers).map(({ peerId }) => peerId) })
}
