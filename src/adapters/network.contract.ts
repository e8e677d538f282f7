import * as v from 'valibot'
import { expect, it, onTestFinished } from 'vitest'
import { cidOf } from '../wire/cid.ts'
import { protocol, streamProtocol, topic, type Verdict } from '../wire/protocol.ts'
import type { PeerId } from '../wire/schema.ts'
import type { FrameStream, Network, NetworkHandlers, PeerLink } from './network.port.ts'

const row = { request: v.any(), response: v.any(), timeoutMs: 10_000, perPeer: { count: 1_000, windowMs: 10_000 } }
const small = { maxRequestBytes: 1_024, maxResponseBytes: 1_024 }
export const echo = protocol('/tabmesh/contract/echo/1', { ...row, ...small })
const rare = protocol('/tabmesh/contract/rare/1', { ...row, ...small, perPeer: { count: 2, windowMs: 60_000 } })
const slow = protocol('/tabmesh/contract/slow/1', { ...row, ...small, timeoutMs: 200 })
const unknown = protocol('/tabmesh/contract/unknown/1', { ...row, ...small })
const news = topic('/tabmesh/contract/news', {
  message: v.any(),
  maxBytes: 1_024,
  perPeer: { count: 100, windowMs: 10_000 },
})
const bulk = streamProtocol('/tabmesh/contract/bulk/1', { maxFrameBytes: 2 * 1024 * 1024, window: 4 })
export const contractRows = { protocols: [echo, rare, slow], topics: [news], streams: [bulk] }

export type TestNode = {
  readonly network: Network
  readonly events: string[]
  readonly heard: string[]
  readonly incoming: FrameStream[]
  verdict: Verdict
}
/** A node that answers every protocol of the contract and writes down what happens to it. */
export async function startTestNode(network: Network): Promise<TestNode> {
  const node: TestNode = { network, events: [], heard: [], incoming: [], verdict: 'accept' }
  const told = (what: string, { peerId, isRelay, direct }: PeerLink): void => {
    if (!isRelay) node.events.push(`${what} ${peerId} ${direct ? 'direct' : 'relayed'}`)
  }
  const handlers: NetworkHandlers = {
    peerUp: (link) => told('up', link),
    peerChanged: () => {},
    peerDown: (peerId) => void node.events.push(`down ${peerId}`),
    addressesChanged: () => {},
    request: async ({ id }, body) => {
      if (id === slow.id) return new Promise(() => {})
      if (body[0] === 255) throw new Error('the handler failed')
      return body
    },
    gossip: async (_topic, message) => {
      node.heard.push(text(message))
      return node.verdict
    },
    stream: (_protocol, stream) => void node.incoming.push(stream),
  }
  await network.start(handlers)
  onTestFinished(() => network.stop())
  return node
}

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value)
const text = (value: Uint8Array): string => new TextDecoder().decode(value)
const soon = () => AbortSignal.timeout(10_000)
const failsWith = (code: string) => expect.objectContaining({ name: 'NetworkFailure', code })
const nobody = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq' as PeerId
const patience = { timeout: 10_000 }

/**
 * What every implementation of the port promises.
 * @param world.make another node of one world, not yet started
 * @param world.ready resolves once a started node can be dialled
 */
export function networkContract(world: { make(): Promise<Network>; ready(network: Network): Promise<void> }): void {
  const start = async (): Promise<TestNode> => {
    const node = await startTestNode(await world.make())
    await world.ready(node.network)
    return node
  }
  const pair = async (): Promise<[TestNode, TestNode]> => [await start(), await start()]
  const linkedPair = async (): Promise<[TestNode, TestNode]> => {
    const [a, b] = await pair()
    await a.network.dial(b.network.peerId, [], soon())
    await expect.poll(() => b.network.links().some(({ peerId }) => peerId === a.network.peerId), patience).toBe(true)
    return [a, b]
  }
  const openPair = async (): Promise<[FrameStream, FrameStream]> => {
    const [a, b] = await linkedPair()
    const out = await a.network.openStream(b.network.peerId, bulk)
    await expect.poll(() => b.incoming.length, patience).toBe(1)
    return [out, b.incoming[0]!]
  }

  it('a dial gives one direct link, told once to each side', async () => {
    const [a, b] = await pair()
    const link = await a.network.dial(b.network.peerId, [], soon())
    expect([link.peerId, link.direct, link.isRelay]).toEqual([b.network.peerId, true, false])
    await expect.poll(() => b.events, patience).toEqual([`up ${a.network.peerId} direct`])
    expect(a.events).toEqual([`up ${b.network.peerId} direct`])
    expect(await a.network.dial(b.network.peerId, [], soon())).toMatchObject({ peerId: b.network.peerId })
  })
  it('an end of the link is told to both', async () => {
    const [a, b] = await linkedPair()
    await a.network.disconnect(b.network.peerId)
    await expect.poll(() => a.events.at(-1), patience).toBe(`down ${b.network.peerId}`)
    await expect.poll(() => b.events.at(-1), patience).toBe(`down ${a.network.peerId}`)
    expect(a.network.links().filter(({ isRelay }) => !isRelay)).toEqual([])
  })
  it('a node that stops is missed at once', async () => {
    const [a, b] = await linkedPair()
    await b.network.stop()
    await expect.poll(() => a.events.at(-1), patience).toBe(`down ${b.network.peerId}`)
  })
  it('two nodes that dial each other at once are linked once', async () => {
    const [a, b] = await pair()
    await Promise.all([a.network.dial(b.network.peerId, [], soon()), b.network.dial(a.network.peerId, [], soon())])
    expect(text(await a.network.request(b.network.peerId, echo, bytes('from a')))).toBe('from a')
    expect(text(await b.network.request(a.network.peerId, echo, bytes('from b')))).toBe('from b')
    expect([a.events.length, b.events.length]).toEqual([1, 1])
  })
  it('nobody is reached where nobody is', async () => {
    const [a] = await pair()
    await expect(a.network.dial(nobody, [], soon())).rejects.toEqual(failsWith('unreachable'))
  })
  it('a request is answered, and dials where no link is yet', async () => {
    const [a, b] = await pair()
    expect(text(await a.network.request(b.network.peerId, echo, bytes('hello')))).toBe('hello')
    expect(await b.network.request(a.network.peerId, echo, new Uint8Array(1_024))).toHaveLength(1_024)
  })
  it('a request that cannot be answered says why', async () => {
    const [a, b] = await linkedPair()
    const to = b.network.peerId
    await expect(a.network.request(to, unknown, bytes(''))).rejects.toEqual(failsWith('refused'))
    await expect(a.network.request(to, echo, new Uint8Array([255]))).rejects.toEqual(failsWith('refused'))
    await expect(a.network.request(to, echo, new Uint8Array(1_025))).rejects.toEqual(failsWith('too-large'))
    await expect(a.network.request(to, slow, bytes(''))).rejects.toEqual(failsWith('timed-out'))
    await a.network.request(to, rare, bytes('1'))
    await a.network.request(to, rare, bytes('2'))
    await expect(a.network.request(to, rare, bytes('3'))).rejects.toEqual(failsWith('over-quota'))
  })
  it('the first publication after a dial is not lost', async () => {
    const [a, b] = await pair()
    await a.network.dial(b.network.peerId, [], soon())
    expect(await a.network.publish(news, bytes('first'))).toBeGreaterThan(0)
    await expect.poll(() => b.heard, patience).toEqual(['first'])
  })
  it('a publication is carried on by whoever accepts it, and by nobody else', async () => {
    const [a, b] = await linkedPair()
    const c = await start()
    await b.network.dial(c.network.peerId, [], soon())
    await b.network.publish(news, bytes('to both'))
    await expect.poll(() => [a.heard, c.heard], patience).toEqual([['to both'], ['to both']])
    await a.network.publish(news, bytes('carried'))
    await expect.poll(() => c.heard, patience).toContain('carried')
    b.verdict = 'ignore'
    await a.network.publish(news, bytes('dropped'))
    await expect.poll(() => b.heard, patience).toContain('dropped')
    b.verdict = 'accept'
    await b.network.publish(news, bytes('marker'))
    await expect.poll(() => c.heard, patience).toContain('marker')
    expect(c.heard).not.toContain('dropped')
  })
  it('frames arrive in order and whole, small and large', async () => {
    const [out, into] = await openPair()
    const sizes = [0, 1, 65_000, 70_000, 1_500_000, 3]
    const sending = (async () => {
      for (const [at, size] of sizes.entries()) await out.send(new Uint8Array(size).fill(at))
      await out.close()
    })()
    const seen: [number, number | undefined, number | undefined][] = []
    for await (const frame of into.frames) seen.push([frame.length, frame[0], frame.at(-1)])
    await sending
    expect(seen).toEqual(sizes.map((size, at) => [size, ...(size === 0 ? [undefined, undefined] : [at, at])]))
  })
  it('a sender is held back by a reader that does not read', async () => {
    const [out, into] = await openPair()
    let sent = 0
    const sending = (async () => {
      for (let at = 0; at < 20; at++) {
        await out.send(new Uint8Array(10).fill(at))
        sent += 1
      }
      await out.close()
    })()
    await expect.poll(() => sent, patience).toBe(bulk.window)
    let read = 0
    for await (const frame of into.frames) {
      expect(frame[0]).toBe(read)
      read += 1
      expect(sent).toBeLessThanOrEqual(read + bulk.window)
    }
    await sending
    expect([sent, read]).toEqual([20, 20])
  })
  it('both directions of a stream are full at once', async () => {
    const ends = await openPair()
    const count = 12
    const pump = async (end: FrameStream): Promise<number> => {
      const sending = (async () => {
        for (let at = 0; at < count; at++) await end.send(new Uint8Array(500_000))
      })()
      let got = 0
      for await (const frame of end.frames) {
        got += frame.length
        if (got === count * 500_000) break
      }
      await sending
      return got
    }
    expect(await Promise.all(ends.map(pump))).toEqual([count * 500_000, count * 500_000])
  })
  it('a broken stream ends both sides with a reason', async () => {
    const [out, into] = await openPair()
    await expect(out.send(new Uint8Array(bulk.maxFrameBytes + 1))).rejects.toEqual(failsWith('too-large'))
    out.abort('no longer wanted')
    await expect(out.send(bytes('late'))).rejects.toEqual(failsWith('closed'))
    const reading = (async () => {
      for await (const _frame of into.frames);
    })()
    await expect(reading).rejects.toEqual(failsWith('closed'))
  })
  it('a node is found by a sample, and its values and provisions in the table', async () => {
    const [a, b] = await pair()
    await expect.poll(() => a.network.sample(), patience).toContain(b.network.peerId)
    expect(a.network.addresses().length).toBeGreaterThan(0)
    const value = bytes(`a value of ${a.network.peerId}`)
    const cid = cidOf(value, 'raw')
    expect(await a.network.dht.put(cid, value)).toBeGreaterThan(0)
    expect(await a.network.dht.get(cid)).toEqual(value)
    expect(await b.network.dht.get(cid)).toEqual(value)
    expect(await b.network.dht.get(cidOf(bytes('missing'), 'raw'))).toBeUndefined()
    await a.network.dht.provide(cid)
    expect(await b.network.dht.findProviders(cid)).toEqual([a.network.peerId])
  })
}
