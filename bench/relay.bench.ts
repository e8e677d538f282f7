/**
 * Claim: one relay holds 1,000 reservations at about 130 KB resident each. Starts a relay in a process of its own and 1,000 nodes here,
 * fifty at a time, and reads the relay's own metrics. Prints one line of JSON.
 * `node --import ./scripts/polyfill.mjs --import tsx bench/relay.bench.ts [nodes]`
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

const wanted = Number(process.argv[2] ?? 1_000)
const atOnce = 50 // dials that a browser's worth of visitors would make in a second
const limitMs = 180_000

const script = fileURLToPath(new URL('../scripts/relay.mjs', import.meta.url))
const limits = ['--connections-per-address', '5000', '--reservations-per-address', '5000']
const rates = ['--new-connections-per-address', '5000']
const ports = ['--port', '0', '--http-port', '0', '--identity-file', '']
const relay = spawn(process.execPath, [script, ...ports, ...limits, ...rates], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const giveUp = setTimeout(() => relay.kill('SIGKILL'), limitMs)

try {
  const lines = createInterface({ input: relay.stdout })[Symbol.asyncIterator]()
  const { addresses, status } = JSON.parse((await lines.next()).value ?? '{}')
  const before = await gauges(status)
  const startedAt = performance.now()
  for (let at = 0; at < wanted; at += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, wanted - at) }, () => startNode(addresses[0])))
  }
  const seconds = (performance.now() - startedAt) / 1000
  const after = await gauges(status)
  const reservations = after['reservations'] ?? 0
  const each = (name: string): number => Math.round(((after[name] ?? 0) - (before[name] ?? 0)) / reservations / 1024)
  const report = {
    claim: 'one relay, 1,000 reservations',
    reservations,
    seconds: Math.round(seconds),
    heapKbEach: each('heap_used_bytes'),
    residentKbEach: each('resident_memory_bytes'),
    lagMs: Math.round((after['event_loop_lag_seconds'] ?? 0) * 1000),
  }
  process.stdout.write(`${JSON.stringify(report)}\n`)
} finally {
  clearTimeout(giveUp)
  relay.kill('SIGKILL')
  process.exit()
}

function startNode(relayAddress: string) {
  return createLibp2p({
    addresses: { listen: [`${relayAddress}/p2p-circuit`] },
    transports: [webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), ping: ping() },
  })
}

async function gauges(status: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${status}/metrics`)).text()
  const pairs = text.matchAll(/^tabmesh_relay_(\w+) (\S+)$/gm)
  return Object.fromEntries([...pairs].map(([, name, value]) => [name, Number(value)]))
}
