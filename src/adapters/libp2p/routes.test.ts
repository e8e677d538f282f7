import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startRelay } from '../../../relay-server/fixture.ts'
import { contractRows, echo, type TestNode } from '../network.contract.ts'
import { readyNode } from './fixture.ts'
import type { NetworkLog } from './log.ts'

const soon = () => AbortSignal.timeout(15_000)
const patience = { timeout: 15_000 }
const dial = (from: TestNode, to: TestNode) => from.network.dial(to.network.peerId, [], soon())
const asks = async (from: TestNode, to: TestNode): Promise<number> =>
  (await from.network.request(to.network.peerId, echo, new Uint8Array(7))).length

/** A relay that comes back under the same address and name. */
async function relayThatReturns() {
  const identityFile = join(await mkdtemp(join(tmpdir(), 'relay-')), 'identity')
  const first = await startRelay({ identityFile })
  const port = Number(/tcp\/(\d+)/.exec(first.addresses()[0] ?? '')?.[1])
  return { first, again: () => startRelay({ identityFile, port }) }
}

describe('routes', () => {
  it('two tabs that know only a third connect directly while every relay is dead, and find the relay when it is back', async () => {
    const { first, again } = await relayThatReturns()
    const [a, b, c] = [
      await readyNode(first.addresses()),
      await readyNode(first.addresses()),
      await readyNode(first.addresses()),
    ]
    await dial(a, c)
    await dial(b, c)
    await first.stop()
    await expect.poll(() => [a, b, c].flatMap(({ network }) => network.addresses()), patience).toEqual([])
    expect(await asks(a, c)).toBe(7)
    expect(await dial(a, b)).toMatchObject({ direct: true, via: 'webrtc' })
    expect(await asks(b, a)).toBe(7)
    await again()
    await expect.poll(() => [a, b, c].every(({ network }) => network.addresses().length === 1), patience).toBe(true)
    const d = await readyNode(a.network.addresses().map((address) => address.slice(0, address.indexOf('/p2p-circuit'))))
    expect(await dial(d, a)).toMatchObject({ direct: true })
  }, 60_000)

  it('a peer that no direct path reaches is reached over the relay, which says so', async () => {
    const relay = await startRelay()
    const blocked = { iceTransportPolicy: 'relay' } as const
    const [a, b] = [await readyNode(relay.addresses(), blocked), await readyNode(relay.addresses(), blocked)]
    expect(await dial(a, b)).toMatchObject({ direct: false, via: 'relay' })
    await expect.poll(() => b.events, patience).toEqual([`up ${a.network.peerId} relayed`])
    expect([await asks(a, b), await asks(b, a)]).toEqual([7, 7])
    expect(
      await a.network.publish(contractRows.topics[0]!, new TextEncoder().encode('over the relay')),
    ).toBeGreaterThan(0)
    await expect.poll(() => b.heard, patience).toEqual(['over the relay'])
    const stream = await a.network.openStream(b.network.peerId, contractRows.streams[0]!)
    await stream.send(new Uint8Array(100_000))
    await stream.close()
    await expect.poll(() => b.incoming.length, patience).toBe(1)
    for await (const frame of b.incoming[0]!.frames) expect(frame.length).toBe(100_000)
  }, 60_000)

  it('a tab that goes away says so: its link ends with the farewell, relayed or not', async () => {
    const relay = await startRelay()
    for (const changes of [{}, { iceTransportPolicy: 'relay' } as const]) {
      const left: unknown[] = []
      const log: NetworkLog = (what, facts) => what === 'peer-left' && left.push(facts?.['via'])
      const a = await readyNode(relay.addresses(), { ...changes, log })
      const b = await readyNode(relay.addresses(), changes)
      const { via } = await dial(a, b)
      void b.network.stop() // a page that goes away waits for nothing
      await expect.poll(() => a.events.at(-1), patience).toBe(`down ${b.network.peerId}`)
      expect(left).toEqual([via])
    }
  }, 60_000)

  it('several relays are used at once, and one of them is enough', async () => {
    const [one, two] = [await startRelay(), await startRelay()]
    const both = [...one.addresses(), ...two.addresses()]
    const a = await readyNode(both)
    const b = await readyNode(two.addresses())
    expect(a.network.addresses()).toHaveLength(2)
    expect(await dial(a, b)).toMatchObject({ direct: true })
    await one.stop()
    await expect.poll(() => a.network.addresses().length, patience).toBe(1)
    const c = await readyNode(two.addresses())
    expect(await dial(a, c)).toMatchObject({ direct: true })
  }, 60_000)

  it('a start without any relay that answers is no failure', async () => {
    const node = await readyNode([], {})
    expect(node.network.addresses()).toEqual([])
    const lonely = await readyNode([], {
      relays: ['/ip4/127.0.0.1/tcp/9/ws/p2p/12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'],
    })
    const stopping = performance.now()
    await lonely.network.stop()
    expect(performance.now() - stopping).toBeLessThan(2_000)
  })
})
