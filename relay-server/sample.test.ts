import * as cbor from '@ipld/dag-cbor'
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { sampleProtocol, samplesPerMinute } from '../src/net/limits.ts'
import { metric, startNode, startRelay, startReserved } from './fixture.ts'

describe('the sample of who is here', () => {
  it('names those who hold a reservation, and not who asks', async () => {
    const relay = await startRelay()
    const [first, second] = [await startReserved(relay), await startReserved(relay)]
    const visitor = await startNode()
    const seen = await ask(await (await visitor.dial(multiaddr(relay.addresses()[0]))).newStream(sampleProtocol))
    expect(seen.sort()).toEqual([first, second].map(({ peerId }) => peerId.toString()).sort())
    expect(await ask(await first.getConnections()[0]!.newStream(sampleProtocol))).toEqual([second.peerId.toString()])
  })

  it('is refused to who asks too often, and the refusal is counted', async () => {
    const relay = await startRelay()
    const visitor = await startNode()
    const connection = await visitor.dial(multiaddr(relay.addresses()[0]))
    for (let at = 0; at < samplesPerMinute; at++) await ask(await connection.newStream(sampleProtocol))
    await expect(connection.newStream(sampleProtocol).then(ask)).rejects.toThrow()
    expect(await metric(relay, 'tabmesh_relay_refused_total{reason="sampling-too-fast"}')).toBe(1)
    expect(await metric(relay, 'tabmesh_relay_samples_total')).toBe(samplesPerMinute)
  })

  it('is not given to a request with something in it', async () => {
    const relay = await startRelay()
    const visitor = await startNode()
    const stream = await (await visitor.dial(multiaddr(relay.addresses()[0]))).newStream(sampleProtocol)
    await expect(ask(stream, Uint8Array.of(1, 7))).rejects.toThrow()
  })
})

function ask(stream: Stream, request = Uint8Array.of(0)): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = []
    stream.addEventListener('message', ({ data }) => void parts.push(data.subarray()))
    stream.addEventListener('remoteCloseWrite', () => {
      const bytes = Buffer.concat(parts)
      const headBytes = bytes[0]! < 0x80 ? 1 : 2
      resolve(cbor.decode<{ peers: string[] }>(bytes.subarray(headBytes)).peers)
      stream.close().catch(() => undefined)
    })
    stream.addEventListener('close', ({ error }) => reject(error ?? new Error('closed without an answer')))
    stream.send(request)
  })
}
