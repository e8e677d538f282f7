import { multiaddr } from '@multiformats/multiaddr'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { dhtValueBytes } from '../src/net/limits.ts'
import { keyMatches } from './dht.ts'
import { metric, startNode, startRelay, type TestNode } from './fixture.ts'

const value = new TextEncoder().encode('a record that somebody signed')
const keyOf = (name: Uint8Array): Uint8Array => Buffer.concat([Buffer.from('/tabmesh/'), name])

describe('the DHT', () => {
  it('hands a value from one client to another through the relay', async () => {
    const relay = await startRelay()
    const [writer, reader] = [await startNode(), await startNode()]
    for (const node of [writer, reader]) await node.dial(multiaddr(relay.addresses()[0]))
    const key = keyOf((await sha256.digest(value)).bytes)
    await put(writer, key, value)
    expect(await get(reader, key)).toEqual(value)
  })

  it('refuses a value that does not hash to its key', async () => {
    const relay = await startRelay()
    const writer = await startNode()
    await writer.dial(multiaddr(relay.addresses()[0]))
    const key = keyOf((await sha256.digest(Uint8Array.of(1))).bytes)
    await put(writer, key, value)
    expect(await metric(relay, 'tabmesh_relay_refused_total{reason="dht-value-wrong"}')).toBe(1)
    const reader = await startNode()
    await reader.dial(multiaddr(relay.addresses()[0]))
    expect(await get(reader, key)).toBeUndefined()
  })

  it('knows a key by bare multihash and by binary CID, and no value past its limit', async () => {
    const digest = await sha256.digest(value)
    expect(keyMatches(keyOf(digest.bytes), value)).toBe(true)
    expect(keyMatches(keyOf(CID.createV1(0x71, digest).bytes), value)).toBe(true)
    expect(keyMatches(keyOf(digest.bytes.subarray(0, 20)), value)).toBe(false)
    expect(keyMatches(digest.bytes, value)).toBe(false)
    const large = new Uint8Array(dhtValueBytes + 1)
    expect(keyMatches(keyOf((await sha256.digest(large)).bytes), large)).toBe(false)
  })
})

async function put(node: TestNode, key: Uint8Array, content: Uint8Array): Promise<void> {
  const signal = AbortSignal.timeout(10_000)
  for await (const _ of node.services.dht.put(key, content, { signal }));
}

async function get(node: TestNode, key: Uint8Array): Promise<Uint8Array | undefined> {
  const signal = AbortSignal.timeout(10_000)
  for await (const event of node.services.dht.get(key, { signal })) if (event.name === 'VALUE') return event.value
  return undefined
}
