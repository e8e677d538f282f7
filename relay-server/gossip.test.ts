import { multiaddr } from '@multiformats/multiaddr'
import { expect, it } from 'vitest'
import { gossipMessageBytes } from '../src/net/limits.ts'
import { metric, startNode, startRelay } from './fixture.ts'

const topic = 'weather'

it('tabs that share only a relay hear each other, on its topics and within its sizes', async () => {
  const relay = await startRelay({ topics: [topic] })
  const [speaker, listener] = [await startNode(), await startNode()]
  const heard: Uint8Array[] = []
  listener.services.pubsub.addEventListener('message', ({ detail }) => void heard.push(detail.data))
  for (const node of [speaker, listener]) {
    node.services.pubsub.subscribe(topic)
    await node.dial(multiaddr(relay.addresses()[0]))
    await expect.poll(() => node.services.pubsub.getSubscribers(topic)).toHaveLength(1)
  }
  await speaker.services.pubsub.publish(topic, new Uint8Array(gossipMessageBytes + 1))
  await speaker.services.pubsub.publish(topic, Uint8Array.of(4, 2))
  await expect.poll(() => heard, { timeout: 5_000 }).toEqual([Uint8Array.of(4, 2)])
  expect(await metric(relay, 'tabmesh_relay_refused_total{reason="gossip-too-large"}')).toBe(1)
})
