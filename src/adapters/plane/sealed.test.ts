import { describe, expect, it } from 'vitest'
import { Tasks } from '../../activity/messages.ts'
import { ok } from '../../kernel/result.ts'
import { type Cid, cidOf } from '../../wire/cid.ts'
import type { PeerId } from '../../wire/schema.ts'
import { nameOfFile } from '../content/hash.ts'
import { passingKey, sealContent, streamKeys } from '../identity/sealing.ts'
import { memoryStream } from '../memory/network-stream.ts'
import type { FrameStream } from '../network.port.ts'
import { fetchContents, filesUnder } from './contents.ts'
import { sealableStream, sealedTo } from './sealed-stream.ts'

const activity = cidOf(new Uint8Array([1]), 'raw')
const frames = (stream: FrameStream) => stream.frames[Symbol.asyncIterator]()
const ended = async (stream: FrameStream) =>
  (await frames(stream).next()).done === true &&
  (await stream.send(said('more')).catch(({ code }) => code)) === 'closed'
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()
const said = (words: string) => new TextEncoder().encode(words)

/** A stream between two, of which the second holds the key; and what was overheard on it. */
async function line(named?: Uint8Array) {
  const key = await passingKey()
  const heard: Uint8Array[] = []
  const ends = ['ada', 'bob'] as unknown as [PeerId, PeerId]
  const [here, there] = memoryStream(Tasks, { ends, via: 'webrtc', overhear: (bytes) => void heard.push(bytes) })
  const bob = sealableStream(there.stream, ({ activity: about, key: passing }) =>
    about === activity ? streamKeys(key, { activity, passing, lasting: key.publicKey }) : Promise.resolve(undefined),
  )
  return {
    open: here.stream,
    ada: () => sealedTo(here.stream, { activity, lasting: named ?? key.publicKey }),
    bob,
    heard,
  }
}

describe('a sealed stream', () => {
  it('[SE2] carries frames in their order both ways, and nothing that can be read', async () => {
    const { ada: sealed, bob, heard } = await line()
    const ada = await sealed()
    const [toBob, toAda] = [frames(bob), frames(ada)]
    await Promise.all([ada.send(said('one')), ada.send(said('tw'), said('o')), ada.send(said('three'))])
    const came = [await toBob.next(), await toBob.next(), await toBob.next()]
    expect(came.map(({ value }) => text(value))).toEqual(['one', 'two', 'three'])
    expect(bob.isSealed).toBe(true)
    await bob.send(said('four'))
    expect(text((await toAda.next()).value)).toBe('four')
    expect(heard.some((bytes) => /one|two|three|four/.test(text(bytes)))).toBe(false)
  })

  it('[SE2] ends where a frame was not sealed, and where it was sealed to another key', async () => {
    const { ada: sealed, bob, open } = await line()
    await sealed()
    await open.send(said('in the open'))
    await expect(ended(bob)).resolves.toBe(true)
    const other = await line((await passingKey()).publicKey)
    const ada = await other.ada()
    await ada.send(said('for somebody else'))
    await expect(ended(other.bob)).resolves.toBe(true)
  })

  it('is an open one where nobody seals it, and none to whoever names no key', async () => {
    const { open, bob } = await line()
    await open.send(said('in the open'))
    expect(text((await frames(bob).next()).value)).toBe('in the open')
    expect(bob.isSealed).toBe(false)
    await expect(sealedTo(open, { activity, lasting: undefined })).rejects.toMatchObject({ code: 'refused' })
  })
})

describe('files of a sealed job', () => {
  it('[SE3] are opened as they come, and asked for by the names that they had', async () => {
    const key = crypto.getRandomValues(new Uint8Array(32))
    const file = crypto.getRandomValues(new Uint8Array(50_000))
    const sealed = await sealContent(key, file)
    const stored = await nameOfFile(sealed)
    const fetchFile = async (_: Cid, mostBytes: number) => ok(sealed.subarray(0, mostBytes))
    const found = await fetchContents([stored], await filesUnder(key, fetchFile))
    expect(found).toEqual({ ok: true, value: [{ cid: await nameOfFile(file), bytes: file }] })
    const wrong = await filesUnder(new Uint8Array(32), fetchFile)
    expect(await fetchContents([stored], wrong)).toMatchObject({ code: 'not-sealed' })
  })
})
