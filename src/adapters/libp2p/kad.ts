import { start, stop, type Topology } from '@libp2p/interface'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { peerIdFromString } from '@libp2p/peer-id'
import { sha256 } from '@noble/hashes/sha2.js'
import { CID } from 'multiformats/cid'
import { concatBytes, equalBytes } from '../../kernel/bytes.ts'
import { namedBytes } from '../../net/dht-value.ts'
import { dhtNamespace, dhtProtocol, dhtValueBytes } from '../../net/limits.ts'
import { cidBytes } from '../../wire/cid.ts'
import type { PeerId } from '../../wire/schema.ts'
import type { Inside } from './node.ts'

const mostProviders = 20 // as many as one tab would ask for a block
const queryMs = 15_000 // a walk of three hops over slow links

const prefix = new TextEncoder().encode(`/${dhtNamespace}/`)
const digestBytes = 32 // SHA-256, the end of every CID that we use

/** The key of a value in the table. Throws where `cid` is no CID that we use. */
function keyOf(cid: string): Uint8Array {
  const bytes = cidBytes(cid)
  if (!bytes) throw new Error('the key names no CID')
  return concatBytes([prefix, bytes])
}

/** Throws unless the value is what its key names. */
function validate(key: Uint8Array, value: Uint8Array): void {
  if (value.length > dhtValueBytes) throw new Error(`a value of ${value.length} bytes, at most ${dhtValueBytes}`)
  if (!equalBytes(sha256(namedBytes(value)), key.subarray(-digestBytes)))
    throw new Error('the value is not what its CID names')
}

function isValue(key: Uint8Array, value: Uint8Array): boolean {
  try {
    validate(key, value)
    return true
  } catch {
    return false
  }
}

/**
 * Starts a Kademlia client inside a node that runs already: it is told of the relays, which serve the table, and of every
 * relay that is met later.
 */
export async function startKad(inside: Inside, servers: readonly PeerId[]) {
  const topologies: Topology[] = []
  const { registrar } = inside
  const ownRegistrar: Pick<typeof registrar, 'handle' | 'unhandle' | 'register' | 'unregister'> = {
    handle: (protocol, handler, how) => registrar.handle(protocol, handler, how),
    unhandle: (protocol, how) => registrar.unhandle(protocol, how),
    register: (protocol, topology) => {
      topologies.push(topology)
      return registrar.register(protocol, topology)
    },
    unregister: (id) => registrar.unregister(id),
  }
  const components = new Proxy(inside, {
    get: (target, name) => (name === 'registrar' ? ownRegistrar : Reflect.get(target, name)),
  })
  const dht = kadDHT({
    protocol: dhtProtocol,
    clientMode: true,
    peerInfoMapper: passthroughMapper,
    allowQueryWithZeroPeers: true,
    validators: { [dhtNamespace]: validate },
    selectors: { [dhtNamespace]: () => 0 }, // of two envelopes of one event either will do: whoever reads it checks the signature
  })(components)
  await start(dht)
  for (const peer of servers) {
    const [connection] = inside.connectionManager.getConnections(peerIdFromString(peer))
    if (connection) for (const topology of topologies) topology.onConnect?.(connection.remotePeer, connection)
  }
  if (servers.length > 0) await known(dht as unknown as { readonly routingTable: { readonly size: number } })
  const within = (signal: AbortSignal | undefined) => ({ signal: signal ?? AbortSignal.timeout(queryMs) })

  return {
    put: async (cid: string, value: Uint8Array, signal?: AbortSignal): Promise<number> => {
      validate(keyOf(cid), value)
      let taken = 0
      // Whoever took it answers with the record.
      for await (const event of dht.put(keyOf(cid), value, within(signal)))
        if (event.name === 'PEER_RESPONSE' && event.record) taken += 1
      return taken
    },
    get: async (cid: string, signal?: AbortSignal): Promise<Uint8Array | undefined> => {
      const key = keyOf(cid)
      try {
        // What this node itself has put comes as a value without an answer of anybody.
        for await (const event of dht.get(key, within(signal)))
          if (event.name === 'PEER_RESPONSE' && event.record && isValue(key, event.record.value))
            return event.record.value
      } catch (error) {
        if (!(error instanceof Error && error.name === 'NotFoundError')) throw error
      }
      return undefined
    },
    provide: async (cid: string, signal?: AbortSignal): Promise<void> => {
      for await (const _event of dht.provide(CID.parse(cid), within(signal)));
    },
    findProviders: async (cid: string, signal?: AbortSignal): Promise<readonly PeerId[]> => {
      const found = new Set<PeerId>()
      for await (const event of dht.findProviders(CID.parse(cid), within(signal))) {
        if (event.name !== 'PROVIDER') continue
        for (const { id } of event.providers) found.add(id.toString() as PeerId)
        if (found.size >= mostProviders) break
      }
      return [...found].slice(0, mostProviders)
    },
    stop: (): Promise<void> => stop(dht),
  }
}

/** Resolves once the table holds somebody to ask, or after three seconds of trying. */
function known(dht: { readonly routingTable: { readonly size: number } }): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearInterval(look)
      clearTimeout(patience)
      resolve()
    }
    const look = setInterval(() => dht.routingTable.size > 0 && done(), 20)
    const patience = setTimeout(done, 3_000) // a server is pinged before it is listed
  })
}
