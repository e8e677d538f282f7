import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { gossipMessageBytes, relayedTopics } from '../net/limits.ts'
import pinnedEvents from '../wire/vectors/events.json' with { type: 'json' }
import pinnedFrames from '../wire/vectors/frames.json' with { type: 'json' }
import pinnedMessages from '../wire/vectors/messages.json' with { type: 'json' }
import { events, protocols, streams, topics } from './registry.ts'
import { type Vectors, vectorDifferences, vectorGaps, vectorsNow } from './vectors.examples.ts'

/** After a wanted change: `PIN_VECTORS=1 npx vitest run src/node/vectors.test.ts` pins what this build makes. */
if (process.env['PIN_VECTORS'] !== undefined)
  for (const [name, vectors] of Object.entries(vectorsNow()))
    writeFileSync(
      new URL(`../wire/vectors/${name}.json`, import.meta.url),
      `${JSON.stringify(vectors, undefined, 2)}\n`,
    )

describe('the registry', () => {
  it('[RG1] names nothing twice', () => {
    const ids = [...protocols, ...topics, ...streams].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [type, kind] of events) expect(kind.type).toBe(type)
  })

  it('[RG1] [WI5] has an example of everything, which its own schema takes', () => {
    expect(vectorGaps()).toEqual([])
  })

  const now = vectorsNow()
  const files: readonly [string, Vectors, Vectors][] = [
    ['events', pinnedEvents, now.events],
    ['messages', pinnedMessages, now.messages],
    ['frames', pinnedFrames, now.frames],
  ]
  it.each(files)('[RG1] [WI1] [WI8] the %s have the bytes and names that were pinned', (_, file, made) => {
    expect(vectorDifferences(file, made)).toEqual([])
  })

  it('[RG1] a changed byte, a lost vector and a new one are told', () => {
    const { 'market/offer': offer, ...rest } = now.events
    expect(vectorDifferences(rest, now.events)).toEqual(['market/offer is not pinned'])
    expect(vectorDifferences(now.events, rest)).toEqual(['market/offer is pinned and not made any more'])
    expect(vectorDifferences({ ...rest, 'market/offer': { ...offer!, bytes: 'a0' } }, now.events)).toEqual([
      'market/offer has other bytes than were pinned',
    ])
  })

  it('[RG1] no message is larger than its row allows', () => {
    for (const { type, maxBytes } of events.values()) expect(now.events[type]!.bytes.length / 2).toBeLessThan(maxBytes)
    for (const { id, maxBytes } of topics) expect(now.messages[id]!.bytes.length / 2).toBeLessThan(maxBytes)
  })
})

describe('topics', () => {
  it('[NL1] [NL3] that relays join are those of the rooms, none larger than gossip carries', () => {
    expect(topics.map(({ id }) => id).toSorted()).toEqual(relayedTopics.toSorted())
    for (const { maxBytes } of topics) expect(maxBytes).toBeLessThanOrEqual(gossipMessageBytes)
  })
})
