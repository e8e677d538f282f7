import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { expect, onTestFinished } from 'vitest'
import { dhtNamespace, dhtProtocol } from '../src/net/limits.ts'
import { readConfig } from './config.ts'
import { createLog } from './log.ts'
import { createRelay, type Relay } from './relay.ts'
import type { RelayConfig } from './settings.ts'

/** A relay on free ports whose identity is not kept; ends with the test. */
export async function startRelay(wanted: Partial<RelayConfig> = {}, lines: string[] = []): Promise<Relay> {
  const own = { port: 0, httpPort: 0, identityFile: '', logLevel: 'debug', ...wanted }
  const config = readConfig({ file: JSON.stringify(own) })
  if (!config.ok) throw new Error(String(config.facts['problems']))
  const relay = await createRelay(
    config.value,
    createLog(config.value.logLevel, (line) => lines.push(line)),
  )
  onTestFinished(() => relay.stop())
  return relay
}

/** A node as a tab is one, less WebRTC: it dials, and can be called through a relay. */
export async function startNode(listen: readonly string[] = []) {
  const node = await createLibp2p({
    addresses: { listen: [...listen] },
    transports: [webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      ping: ping(),
      dht: kadDHT({
        protocol: dhtProtocol,
        clientMode: true,
        peerInfoMapper: passthroughMapper,
        validators: { [dhtNamespace]: async () => {} },
        selectors: { [dhtNamespace]: () => 0 },
      }),
      pubsub: gossipsub({
        globalSignaturePolicy: 'StrictNoSign',
        msgIdFn: async ({ data }) => new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(data))),
        scoreParams: { IPColocationFactorWeight: 0 },
        allowPublishToZeroTopicPeers: true,
      }),
    },
  })
  onTestFinished(async () => {
    await node.stop()
  })
  return node
}

export type TestNode = Awaited<ReturnType<typeof startNode>>

/** A node that holds a reservation at `relay`. */
export async function startReserved(relay: Relay): Promise<TestNode> {
  const node = await startNode([`${relay.addresses()[0]}/p2p-circuit`])
  await expect.poll(() => circuitAddress(node)).toBeDefined()
  return node
}

export const circuitAddress = (node: TestNode) =>
  node.getMultiaddrs().find((address) => address.toString().includes('/p2p-circuit/'))

/** The value of one line of /metrics, labels included in `name`. */
export async function metric(relay: Relay, name: string): Promise<number> {
  const text = await (await fetch(`${relay.statusUrl}/metrics`)).text()
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return Number(line?.split(' ').at(-1))
}
