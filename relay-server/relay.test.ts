import { mkdtemp, readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { circuitAddress, metric, startNode, startRelay, startReserved } from './fixture.ts'

describe('a reservation', () => {
  it('is kept while its holder stays, and released when the last connection closes', async () => {
    const relay = await startRelay()
    const holder = await startReserved(relay)
    expect(await metric(relay, 'tabmesh_relay_reservations')).toBe(1)
    await holder.stop()
    await expect.poll(() => metric(relay, 'tabmesh_relay_reservations')).toBe(0)
  })

  it('ends with its time to live when it is not renewed', async () => {
    const relay = await startRelay({ reservationTtlMs: 1_000 })
    await startReserved(relay)
    await expect.poll(() => metric(relay, 'tabmesh_relay_reservations'), { timeout: 5_000 }).toBe(0)
  })

  it('is refused past the limit of one address, and the refusal is counted', async () => {
    const relay = await startRelay({ reservationsPerAddress: 1 })
    await startReserved(relay)
    const second = await startNode()
    await second.dial(multiaddr(relay.addresses()[0]))
    await expect(listenThrough(second, relay.addresses()[0]!)).rejects.toThrow()
    const name = 'tabmesh_relay_refused_total{reason="too-many-reservations-of-address"}'
    expect(await metric(relay, name)).toBe(1)
  })
})

describe('a connection', () => {
  it('is refused past the limit of one address, by reason, and room is made when one closes', async () => {
    const relay = await startRelay({ connectionsPerAddress: 1 })
    const address = multiaddr(relay.addresses()[0])
    const first = await startNode()
    await first.dial(address)
    const second = await startNode()
    await expect(second.dial(address)).rejects.toThrow()
    const refused = 'tabmesh_relay_refused_total{reason="too-many-connections-of-address"}'
    expect(await metric(relay, refused)).toBe(1)
    await first.stop()
    await expect.poll(() => metric(relay, 'tabmesh_relay_connections')).toBe(0)
    await second.dial(address)
    expect(await metric(relay, 'tabmesh_relay_connections')).toBe(1)
  })

  it('is refused to a blocked address', async () => {
    const relay = await startRelay({ blockedAddresses: ['127.0.0.0/8'] })
    const node = await startNode()
    await expect(node.dial(multiaddr(relay.addresses()[0]))).rejects.toThrow()
    expect(await metric(relay, 'tabmesh_relay_refused_total{reason="address-blocked"}')).toBe(1)
  })

  it('is refused to a blocked peer once it has proved who it is', async () => {
    const node = await startNode()
    const relay = await startRelay({ blockedPeers: [node.peerId.toString()] })
    await node.dial(multiaddr(relay.addresses()[0])).catch(() => undefined)
    await expect.poll(() => metric(relay, 'tabmesh_relay_refused_total{reason="peer-blocked"}')).toBe(1)
    expect(await metric(relay, 'tabmesh_relay_reservations')).toBe(0)
  })
})

describe('the identity', () => {
  it('stays the same across restarts, readable by its owner alone, and is never logged', async () => {
    const identityFile = join(await mkdtemp(join(tmpdir(), 'relay-')), 'deep', 'relay.key')
    const lines: string[] = []
    const before = await startRelay({ identityFile }, lines)
    await before.stop()
    const after = await startRelay({ identityFile }, lines)
    expect(after.peerId).toBe(before.peerId)
    expect((await stat(identityFile)).mode & 0o777).toBe(0o600)
    const key = await readFile(identityFile)
    for (const form of ['hex', 'base64'] as const) expect(lines.join()).not.toContain(key.toString(form).slice(8, 40))
  })
})

describe('a stop', () => {
  it('closes every connection within its time, even past a socket that never said a word', async () => {
    const relay = await startRelay({ stopMs: 500 })
    const node = await startReserved(relay)
    const port = Number(/tcp\/(\d+)/.exec(relay.addresses()[0]!)![1])
    const silent = connect(port, '127.0.0.1')
    await new Promise((resolve) => silent.once('connect', resolve))
    await relay.stop()
    await expect.poll(() => node.getConnections()).toHaveLength(0)
    await expect(fetch(`${relay.statusUrl}/healthz`)).rejects.toThrow()
    silent.destroy()
  })
})

describe('the status pages', () => {
  it('tell health, addresses to any page, and metrics as text', async () => {
    const relay = await startRelay()
    const health = await fetch(`${relay.statusUrl}/healthz`)
    expect([health.status, await health.json()]).toMatchObject([
      200,
      { ok: true, peerId: relay.peerId, reservations: 0 },
    ])
    const addresses = await fetch(`${relay.statusUrl}/addresses`)
    expect(addresses.headers.get('access-control-allow-origin')).toBe('*')
    expect(await addresses.json()).toEqual(relay.addresses())
    const text = await (await fetch(`${relay.statusUrl}/metrics`)).text()
    for (const name of ['connections', 'reservations', 'circuits', 'relayed_bytes_total', 'dht_peers']) {
      expect(text).toMatch(new RegExp(`^tabmesh_relay_${name} 0$`, 'm'))
    }
    expect(text).toMatch(/^tabmesh_relay_event_loop_lag_seconds \d/m)
    expect((await fetch(`${relay.statusUrl}/nothing`)).status).toBe(404)
  })

  it('announce the configured addresses instead of the own ones', async () => {
    const relay = await startRelay({ announce: ['/dns4/relay.example/tcp/443/tls/ws'] })
    expect(relay.addresses()).toEqual([`/dns4/relay.example/tcp/443/tls/ws/p2p/${relay.peerId}`])
  })
})

describe('two relays', () => {
  it('know each other when one is told of the other', async () => {
    const first = await startRelay()
    await startRelay({ peers: [first.addresses()[0]!] })
    await expect.poll(() => metric(first, 'tabmesh_relay_connections')).toBe(1)
    await expect.poll(() => metric(first, 'tabmesh_relay_dht_peers'), { timeout: 5_000 }).toBe(1)
  })
})

async function listenThrough(node: Awaited<ReturnType<typeof startNode>>, relay: string): Promise<void> {
  const { transportManager } = (
    node as unknown as { components: { transportManager: { listen(on: unknown[]): Promise<void> } } }
  ).components
  await transportManager.listen([multiaddr(`${relay}/p2p-circuit`)])
  if (circuitAddress(node) === undefined) throw new Error('no reservation was given')
}
