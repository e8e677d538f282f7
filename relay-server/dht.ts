import { createHash } from 'node:crypto'
import { type KadDHT, type KadDHTComponents, kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { CID } from 'multiformats/cid'
import { namedBytes } from '../src/net/dht-value.ts'
import { dhtNamespace, dhtProtocol, dhtValueBytes } from '../src/net/limits.ts'
import type { Refuse } from './gater.ts'

const prefix = new TextEncoder().encode(`/${dhtNamespace}/`)
/** Multicodec 0x12, length 32: a SHA-256 multihash without a CID around it. */
const sha256Head = [0x12, 0x20]

/** A DHT server for values keyed by their own hash. Of what is in them it knows nothing. */
export function dhtServer(refuse: Refuse): (components: KadDHTComponents) => KadDHT {
  return kadDHT({
    protocol: dhtProtocol,
    clientMode: false,
    peerInfoMapper: passthroughMapper,
    validators: {
      [dhtNamespace]: async (key, value) => {
        if (keyMatches(key, value)) return
        refuse('dht-value-wrong')
        throw new Error(`a value must hash to its key and have at most ${dhtValueBytes} bytes`)
      },
    },
    selectors: { [dhtNamespace]: () => 0 }, // all values with the hash in the key are equal
  })
}

/** DHT servers that this one knows: other relays. libp2p keeps the table off its public type. */
export const dhtPeers = (dht: KadDHT): number =>
  (dht as unknown as { routingTable: { size: number } }).routingTable.size

/** Whether `key` is `/tabmesh/` and the SHA-256 multihash of what `value` is named by, bare or in a binary CID, and `value` is short enough. */
export function keyMatches(key: Uint8Array, value: Uint8Array): boolean {
  if (value.length > dhtValueBytes || prefix.some((byte, at) => key[at] !== byte)) return false
  const digest = digestIn(key.subarray(prefix.length))
  return digest !== undefined && createHash('sha256').update(namedBytes(value)).digest().equals(digest)
}

function digestIn(name: Uint8Array): Uint8Array | undefined {
  if (name.length === 34 && sha256Head.every((byte, at) => name[at] === byte)) return name.subarray(2)
  try {
    const { multihash } = CID.decode(name)
    return multihash.code === 0x12 ? multihash.digest : undefined
  } catch {
    return undefined
  }
}
