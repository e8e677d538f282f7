import { afterEach, describe, expect, it, vi } from 'vitest'
import { blockBytes } from '../../content/manifest.ts'
import { decodeMessage, encodeMessage } from '../../content/messages.ts'
import { cidOf } from '../../wire/cid.ts'
import { encode } from '../../wire/codec.ts'
import type { PeerId } from '../../wire/schema.ts'
import { memoryDisk } from '../memory/storage.ts'
import type { FrameStream } from '../network.port.ts'
import { StorageFailure } from '../storage.port.ts'
import { added, type Behaviour, file, honest, is, me, network, node, peers, watched } from './exchange.fixture.ts'
import { contentExchange } from './exchange.ts'
import { framePair } from './frame-pair.ts'

afterEach(() => void vi.useRealTimers())

describe('content exchange', () => {
  it.each([0, 1, 2, 40])('fetches a file of %i blocks, and knows it afterwards', async (blocks) => {
    const ada = node('ada')
    const bytes = blocks === 0 ? new Uint8Array(0) : file(blocks)
    const cid = await added(ada, bytes)
    const bob = node('bob')
    const { open } = network({ ada: honest(ada) })
    expect(await bob.fetchFile(cid, { providers: peers('ada'), open })).toSatisfy(is(bytes))
    const alone = network({})
    expect(await bob.fetchFile(cid, { providers: [], open: alone.open })).toSatisfy(is(bytes))
    expect(alone.opened).toEqual([])
  })

  it('[CN3] fetches a file with many equal blocks, and asks for each once', async () => {
    const ada = node('ada')
    const bytes = new Uint8Array(50 * blockBytes)
    const cid = await added(ada, bytes)
    const bob = node('bob')
    const seen = watched()
    const fetched = await bob.fetchFile(cid, { providers: peers('ada'), ...network({ ada: honest(ada) }), ...seen })
    expect(fetched).toSatisfy(is(bytes))
    expect(seen.progress.at(-1)).toEqual({ blocks: 2, wantedBlocks: 2, bytes: bytes.length, sizeBytes: bytes.length })
  })

  it('[CN6] drops a peer that sends junk, and takes the block from another', async () => {
    const ada = node('ada')
    const bytes = file(30)
    const cid = await added(ada, bytes)
    const liar: Behaviour = (stream) => {
      const [mine, theirs] = framePair(me, 'liar' as PeerId)
      void ada.serve(theirs, { allow: () => true })
      void forward(stream.frames, mine)
      return forward(mine.frames, stream, (frame) => {
        const message = decodeMessage(frame)
        if (!message.ok || message.value.type !== 'block' || message.value.bytes.length < blockBytes) return frame
        return encodeMessage({ ...message.value, bytes: message.value.bytes.map((byte) => byte ^ 1) })
      })
    }
    const seen = watched()
    const { open } = network({ ada: honest(ada), liar })
    const fetched = await node('bob').fetchFile(cid, { providers: peers('liar', 'ada'), open, ...seen })
    expect(fetched).toSatisfy(is(bytes))
    expect(seen.dropped).toEqual(['liar junk-block'])
  })

  it('[CN7] shows nothing that it may not give: forbidden and absent look alike', async () => {
    const ada = node('ada')
    const secret = await added(ada, new Uint8Array([1]))
    const { open } = network({ ada: (stream) => ada.serve(stream, { allow: (cid) => cid !== secret }) })
    const options = { providers: peers('ada'), open }
    const absent = cidOf(new Uint8Array([2]), 'raw')
    const [forbidden, unknown] = await Promise.all([secret, absent].map((cid) => node('bob').fetchFile(cid, options)))
    expect(forbidden).toMatchObject({ code: 'content-missing', facts: { cid: secret } })
    expect(unknown).toMatchObject({ code: 'content-missing', facts: { cid: absent } })
  })

  it('[CN8] ends both sides when the fetcher is done', async () => {
    const ada = node('ada')
    const cid = await added(ada, file(3))
    let served: unknown
    const { open } = network({ ada: (stream) => (served = ada.serve(stream, { allow: () => true })) })
    await node('bob').fetchFile(cid, { providers: peers('ada'), open })
    expect(await served).toEqual({ end: 'done', blocks: 4, sentBytes: expect.any(Number) })
  })

  it('[CN8] tells the fetcher when its store fails, and does not throw', async () => {
    const ada = node('ada')
    const cid = await added(ada, file(2))
    const broken = contentExchange({
      ...ada.blocks,
      get: async () => {
        throw new StorageFailure('storage-broken', 'no disk')
      },
    })
    let served: unknown
    const seen = watched()
    const { open } = network({ ada: (stream) => (served = broken.serve(stream, { allow: () => true })) })
    const fetched = await node('bob').fetchFile(cid, { providers: peers('ada'), open, ...seen })
    expect(fetched).toMatchObject({ code: 'content-missing' })
    expect(seen.dropped).toEqual(['ada refused'])
    expect(await served).toMatchObject({ end: 'store-failed' })
  })

  it.each<[string, Uint8Array]>([
    ['junk', new Uint8Array([255, 1])],
    ['too many names', encode({ type: 'want', cids: Array(257).fill(cidOf(new Uint8Array(1), 'raw')) })],
    ['an answer', encode({ type: 'have', cids: [] })],
  ])('[CN9] refuses a fetcher that sends %s', async (_, frame) => {
    const [mine, theirs] = framePair(me, 'ada' as PeerId)
    const served = node('ada').serve(theirs, { allow: () => true })
    await mine.send(frame)
    const answers: unknown[] = []
    for await (const answer of mine.frames) answers.push(decodeMessage(answer))
    expect(answers).toEqual([{ ok: true, value: { type: 'error', code: 'malformed' } }])
    expect(await served).toEqual({ end: 'malformed', blocks: 0, sentBytes: 0 })
  })

  const some = new Uint8Array([7])
  it.each<[string, readonly Uint8Array[]]>([
    ['junk', [new Uint8Array([255])]],
    ['a block that nobody asked for', [encodeMessage({ type: 'block', cid: cidOf(some, 'raw'), bytes: some })]],
    ['a promise of what nobody asked for', [encodeMessage({ type: 'have', cids: [cidOf(some, 'raw')] })]],
    ['two answers to one question', Array(2).fill(encodeMessage({ type: 'have', cids: [] }))],
    ['a question', [encodeMessage({ type: 'want', cids: [] })]],
  ])('[CN9] drops a server that sends %s', async (_, frames) => {
    const seen = watched()
    const { open } = network({
      odd: async (stream) => {
        for (const frame of frames) await stream.send(frame)
      },
    })
    const cid = cidOf(new Uint8Array([1, 2]), 'raw')
    // somebody else keeps the search going until the odd one has spoken
    async function* providers() {
      yield 'odd' as PeerId
      await vi.waitFor(() => expect(seen.dropped).toHaveLength(1))
    }
    expect(await node('bob').fetchFile(cid, { providers: providers(), open, ...seen })).toMatchObject({
      code: 'content-missing',
    })
    expect(seen.dropped).toEqual(['odd malformed'])
  })

  it('[CN11] goes on after a cut where it was, asking only for what is not there', async () => {
    const ada = node('ada')
    const bytes = file(40)
    const cid = await added(ada, bytes)
    const cutter: Behaviour = (stream) => {
      let sent = 0
      const cutting: FrameStream = {
        ...stream,
        send: (...frame) => {
          if (++sent > 20) stream.abort('cable')
          return stream.send(...frame)
        },
      }
      return ada.serve(cutting, { allow: () => true })
    }
    const disk = memoryDisk()
    const first = watched()
    const cut = await node('bob', disk).fetchFile(cid, {
      providers: peers('ada'),
      ...network({ ada: cutter }),
      ...first,
    })
    expect(cut).toMatchObject({ ok: false, code: 'content-missing' })
    expect(first.dropped).toEqual(['ada closed'])
    const had = (await node('bob', disk).blocks.usage()).blocks
    expect(had).toBeGreaterThan(8)

    const asked = vi.fn(() => true)
    const again = network({ ada: (stream) => ada.serve(stream, { allow: asked }) })
    const second = watched()
    const whole = await node('bob', disk).fetchFile(cid, { providers: peers('ada'), open: again.open, ...second })
    expect(whole).toSatisfy(is(bytes))
    expect(asked).toHaveBeenCalledTimes(41 - had)
    expect(second.progress[0]?.bytes).toBe((had - 1) * blockBytes)
  })

  it('[CN12] gives up on a silent peer after its time, and takes another', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
    const ada = node('ada')
    const bytes = file(3)
    const cid = await added(ada, bytes)
    const seen = watched()
    const { open } = network({ mute: () => {}, ada: honest(ada) })
    async function* providers() {
      yield 'mute' as PeerId
      await vi.waitFor(() => expect(seen.dropped).toHaveLength(1), { timeout: 60_000 })
      yield 'ada' as PeerId
    }
    const fetching = node('bob').fetchFile(cid, { providers: providers(), open, silentMs: 10_000, ...seen })
    await vi.advanceTimersByTimeAsync(9_000)
    expect(seen.dropped).toEqual([])
    await vi.advanceTimersByTimeAsync(3_000)
    expect(await fetching).toSatisfy(is(bytes))
    expect(seen.dropped).toEqual(['mute silent'])
  })

  it('[CN12] gives up on a stream that does not open, and on a search that finds nobody', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
    async function* endless() {
      yield 'deaf' as PeerId
      await new Promise(() => {})
    }
    const seen = watched()
    const open = () => new Promise<FrameStream>(() => {})
    const cid = cidOf(new Uint8Array([1]), 'raw')
    const fetching = node('bob').fetchFile(cid, { providers: endless(), open, silentMs: 10_000, ...seen })
    await vi.advanceTimersByTimeAsync(25_000)
    expect(await fetching).toMatchObject({
      code: 'content-missing',
      facts: { peersTried: 1, dropped: 'deaf:unreachable' },
    })
  })

  it('[CN12] a server lets go of a fetcher that stopped reading', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
    const ada = node('ada')
    const cid = await added(ada, file(30))
    const names = await ada.namesOf(cid)
    const [mine, theirs] = framePair(me, 'ada' as PeerId)
    const served = ada.serve(theirs, { allow: () => true })
    await mine.send(encodeMessage({ type: 'want', cids: names.ok ? [...names.value] : [] }))
    await vi.advanceTimersByTimeAsync(61_000)
    expect(await served).toMatchObject({ end: 'silent', blocks: 7 })
  })

  it('[CN13] gathers a file from peers that have parts of it', async () => {
    const ada = node('ada')
    const bytes = file(20)
    const cid = await added(ada, bytes)
    const names = await ada.namesOf(cid)
    const all = names.ok ? names.value : []
    expect(all).toHaveLength(21)
    const part =
      (keep: (n: number) => boolean): Behaviour =>
      (stream) =>
        ada.serve(stream, { allow: (name) => name === cid || keep(all.indexOf(name)) })
    const { open } = network({ even: part((n) => n % 2 === 0), odd: part((n) => n % 2 === 1) })
    const fetched = await node('bob').fetchFile(cid, { providers: peers('even', 'odd'), open })
    expect(fetched).toSatisfy(is(bytes))
    const half = await node('bob').fetchFile(cid, { providers: peers('even'), open })
    expect(half).toMatchObject({ code: 'content-missing' })
  })

  it('[CN15] ends at once when it is cancelled', async () => {
    const stop = new AbortController()
    const { open } = network({ mute: () => {} })
    const cid = cidOf(new Uint8Array([1]), 'raw')
    const fetching = node('bob').fetchFile(cid, { providers: peers('mute'), open, signal: stop.signal })
    stop.abort()
    expect(await fetching).toMatchObject({ code: 'content-cancelled' })
    expect(await node('bob').fetchFile(cid, { providers: [], open, signal: stop.signal })).toMatchObject({
      code: 'content-cancelled',
    })
  })

  it('[CN5] refuses a file larger than the reader allows, before it is fetched', async () => {
    const ada = node('ada')
    const cid = await added(ada, file(3))
    const { open } = network({ ada: honest(ada) })
    const bob = node('bob')
    const options = { providers: peers('ada'), open, mostBytes: blockBytes }
    expect(await bob.fetchFile(cid, options)).toMatchObject({ code: 'content-too-large' })
    expect((await bob.blocks.usage()).blocks).toBe(1)
  })

  it('[CN5] refuses a manifest whose blocks are not as long as it says', async () => {
    const ada = node('ada')
    const short = new Uint8Array([1])
    const manifest = encode({
      type: 'file',
      version: 1,
      sizeBytes: blockBytes + 1,
      chunkBytes: blockBytes,
      chunks: [cidOf(short, 'raw'), cidOf(short, 'raw')],
    })
    const cid = cidOf(manifest, 'dag-cbor')
    await ada.blocks.put(cid, manifest)
    await ada.blocks.put(cidOf(short, 'raw'), short)
    const { open } = network({ ada: honest(ada) })
    expect(await node('bob').fetchFile(cid, { providers: peers('ada'), open })).toMatchObject({
      code: 'content-malformed',
    })
  })

  it('gives the file even where nothing can be kept, and refuses to add what has no room', async () => {
    const ada = node('ada')
    const bytes = file(6)
    const cid = await added(ada, bytes)
    const small = node('small', memoryDisk(), blockBytes)
    const { open } = network({ ada: honest(ada) })
    expect(await small.fetchFile(cid, { providers: peers('ada'), open })).toSatisfy(is(bytes))
    const tiny = node('tiny', memoryDisk(), 100)
    expect(await tiny.addFile(bytes)).toMatchObject({ code: 'over-quota' })
  })
})

async function forward(
  from: AsyncIterable<Uint8Array>,
  to: FrameStream,
  change: (frame: Uint8Array) => Uint8Array = (frame) => frame,
): Promise<void> {
  try {
    for await (const frame of from) await to.send(change(frame))
  } catch {
    to.abort('the other side ended')
  }
}
