import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Channel, type ChannelFrame } from '../../activity/messages.ts'
import { channelLimits } from '../../activity/outside.ts'
import { aCid } from '../../market/market.examples.ts'
import { protocols, streams, topics } from '../../node/registry.ts'
import { encode } from '../../wire/codec.ts'
import { memoryKeyStore } from '../identity/key-stores.ts'
import { openSigner } from '../identity/keyring.ts'
import { createMemoryNetwork, createSwitchboard, type Switchboard } from '../memory/network.ts'
import type { Network } from '../network.port.ts'
import { createRooms, type TaskChannel } from './channels.ts'

let board: Switchboard
let networks: Network[]
beforeEach(() => {
  board = createSwitchboard()
  networks = []
})
afterEach(async () => {
  await Promise.all(networks.map((network) => network.stop()))
})

async function somebody() {
  const opened = await openSigner(memoryKeyStore())
  if (!opened.ok) throw new Error(opened.code)
  const { did, peerId } = opened.value
  const network = createMemoryNetwork({ board, peerId, protocols, topics, streams, now: Date.now })
  networks.push(network)
  const rooms = createRooms({ me: did, open: (peer) => network.openStream(peer, Channel), moved: () => {} })
  await network.start({
    peerUp: () => {},
    peerChanged: () => {},
    peerDown: () => {},
    addressesChanged: () => {},
    request: () => Promise.reject(new Error('nobody asks')),
    gossip: async () => 'ignore',
    stream: (_, stream) => void rooms.serve(stream),
  })
  return { did, peerId, network, rooms }
}

const bytes = (text: string) => new TextEncoder().encode(text)
const job = aCid('job')

/** Two providers of one job, and who asked for it: tasks 0 and 1 are with the one, task 2 with the other. */
async function aJob() {
  const [one, other, requestor, stranger] = await Promise.all([somebody(), somebody(), somebody(), somebody()])
  const places = [
    { index: 0, provider: one.did },
    { index: 1, provider: one.did },
    { index: 2, provider: other.did },
  ]
  const here = one.rooms.enter({ requestor: requestor.did, job, activity: aCid('one') })
  const there = other.rooms.enter({ requestor: requestor.did, job, activity: aCid('other') })
  const tell = () => {
    here.told(places)
    there.told(places)
  }
  return { one, other, requestor, stranger, here, there, places, tell }
}

const send = (task: TaskChannel, to: number, text: string, mayDrop = false) =>
  task.answer({ kind: 'send', to, bytes: bytes(text), mayDrop })
const receive = (task: TaskChannel, waitMs = 5_000) => task.answer({ kind: 'receive', waitMs })
const message = (from: number, text: string) => ({ kind: 'message', from, bytes: bytes(text) })

describe('tasks of one job', () => {
  it('[TT1] speak to one another, from provider to provider and under one roof, in order', async () => {
    const { here, there, tell } = await aJob()
    tell()
    const [first, second, third] = [here.begin(0), here.begin(1), there.begin(2)]
    for (const text of ['one', 'two']) expect(await send(first, 2, text)).toEqual({ kind: 'sent' })
    expect([await receive(third), await receive(third)]).toEqual([message(0, 'one'), message(0, 'two')])
    await send(third, 1, 'back')
    await send(first, 1, 'from beside')
    expect([await receive(second), await receive(second)]).toEqual([message(2, 'back'), message(0, 'from beside')])
    expect(await receive(first, 0)).toEqual({ kind: 'none', why: 'absent' })
  })

  it('[TT1] wait for one that is not there yet, whoever hears of it first', async () => {
    const { here, there, places } = await aJob()
    const first = here.begin(0)
    const sending = send(first, 2, 'early')
    here.told(places)
    const third = there.begin(2)
    const receiving = receive(third)
    there.told(places)
    expect(await Promise.all([sending, receiving])).toEqual([{ kind: 'sent' }, message(0, 'early')])
  })

  it('[TT1] [TT3] lose the oldest of what may be lost, and stand still with what may not', async () => {
    const { here, tell } = await aJob()
    tell()
    const [first, second] = [here.begin(0), here.begin(1)]
    for (let count = 0; count <= channelLimits.waiting; count++) await send(first, 1, `${count}`, true)
    let isThere = false
    const sending = send(first, 1, 'last').then(() => {
      isThere = true
    })
    expect(await receive(second)).toEqual(message(0, '1'))
    await sending
    expect(isThere).toBe(true)
    for (let count = 2; count <= channelLimits.waiting; count++)
      expect(await receive(second)).toEqual(message(0, `${count}`))
    expect(await receive(second)).toEqual(message(0, 'last'))
  })

  it('[TT3] send nothing that is too large, and nothing to one that has ended', async () => {
    const { here, there, tell } = await aJob()
    tell()
    const first = here.begin(0)
    const large = new Uint8Array(channelLimits.messageBytes + 1)
    expect(await first.answer({ kind: 'send', to: 2, bytes: large, mayDrop: false })).toMatchObject({
      why: 'overLimit',
    })
    const receiving = receive(first)
    first.end()
    expect(await receiving).toEqual({ kind: 'none', why: 'absent' })
    const second = here.begin(1)
    expect(await send(second, 2, 'unread')).toEqual({ kind: 'sent' })
    there.leave()
    expect(await send(second, 2, 'to nobody')).toEqual({ kind: 'none', why: 'failed' })
    expect(await send(second, 9, 'to nobody', true)).toEqual({ kind: 'none', why: 'absent' })
  })
})

describe('whoever is not of the job', () => {
  const say = async (from: Awaited<ReturnType<typeof somebody>>, to: string, frames: readonly ChannelFrame[]) => {
    const stream = await from.network.openStream(to as never, Channel)
    const end = (async () => {
      try {
        for await (const _ of stream.frames);
      } catch {
        // Hung up.
      }
      return 'over'
    })()
    for (const frame of frames) await stream.send(encode(frame)).catch(() => {})
    return end
  }

  it('[TT2] is not heard, and neither is one of the job who speaks for another task, or to one elsewhere', async () => {
    const { one, other, requestor, stranger, here, tell } = await aJob()
    tell()
    const first = here.begin(0)
    const enter: ChannelFrame = { type: 'enter', requestor: requestor.did, job }
    const lie: ChannelFrame = { type: 'message', from: 2, to: 0, bytes: bytes('a lie') }
    void say(stranger, one.peerId, [enter, lie])
    void say(other, one.peerId, [enter, { ...lie, from: 1 }])
    void say(other, one.peerId, [enter, { ...lie, to: 2 }])
    await say(other, one.peerId, [enter, lie, { type: 'taken', id: 1, isThere: true }])
    expect(await receive(first)).toEqual(message(2, 'a lie'))
    expect(await receive(first, 50)).toEqual({ kind: 'none', why: 'absent' })
  })

  it('[TT2] is hung up on where it says what has no form, or speaks before it entered', async () => {
    const { one, other, requestor, here, tell } = await aJob()
    tell()
    here.begin(0)
    expect(await say(other, one.peerId, [{ type: 'message', from: 2, to: 0, bytes: bytes('early') }])).toBe('over')
    const enter: ChannelFrame = { type: 'enter', requestor: requestor.did, job }
    expect(await say(other, one.peerId, [enter, { type: 'sung' } as never])).toBe('over')
  })

  it('[TT2] has a room of its own under the same name', async () => {
    const { one, stranger, here, tell } = await aJob()
    tell()
    const first = here.begin(0)
    const theirs = one.rooms.enter({ requestor: stranger.did, job, activity: aCid('theirs') })
    theirs.told([{ index: 0, provider: one.did }])
    const other = theirs.begin(0)
    expect(await send(other, 0, 'to myself')).toEqual({ kind: 'sent' })
    expect(await receive(first, 20)).toEqual({ kind: 'none', why: 'absent' })
    expect(await receive(other)).toEqual(message(0, 'to myself'))
  })
})
