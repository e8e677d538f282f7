import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Registry } from 'prom-client'
import { type RefusalReason, refusals } from './gater.ts'

/** What is counted at the moment of asking. */
export type Probes = {
  connections(): number
  reservations(): number
  circuits(): number
  dhtPeers(): number
}

export type Metrics = {
  refused(reason: RefusalReason): void
  relayed(bytes: number): void
  circuitOpened(): void
  sampled(): void
  /** The 99th percentile of how late a timer ran since the last call, in ms. */
  lagMs(): number
  /** In the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
  stop(): void
}

const nanosPerMs = 1e6

export function createMetrics(probes: Probes): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const lagMs = (): number => {
    const p99 = delay.percentile(99) / nanosPerMs
    delay.reset()
    return Number.isFinite(p99) ? p99 : 0
  }

  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `tabmesh_relay_${name}`, help, labelNames, registers })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `tabmesh_relay_${name}`,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })

  const refused = counter('refused_total', 'Requests refused, by reason', ['reason'])
  for (const reason of refusals) refused.inc({ reason }, 0)
  const relayedBytes = counter('relayed_bytes_total', 'Bytes carried through circuits')
  const circuitsOpened = counter('circuits_opened_total', 'Circuits asked for by one peer to another')
  const samples = counter('samples_total', 'Answers to who else is here')
  gauge('connections', 'Open connections', probes.connections)
  gauge('reservations', 'Peers that hold a reservation', probes.reservations)
  gauge('circuits', 'Open circuits', probes.circuits)
  gauge('dht_peers', 'DHT servers in the routing table', probes.dhtPeers)
  gauge('event_loop_lag_seconds', '99th percentile of timer delay since the last scrape', () => lagMs() / 1000)
  gauge('resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss())
  gauge('heap_used_bytes', 'JavaScript heap in use', () => process.memoryUsage().heapUsed)

  return {
    refused: (reason) => refused.inc({ reason }),
    relayed: (bytes) => relayedBytes.inc(bytes),
    circuitOpened: () => circuitsOpened.inc(),
    sampled: () => samples.inc(),
    lagMs,
    text: () => registry.metrics(),
    contentType: registry.contentType,
    stop: () => delay.disable(),
  }
}
