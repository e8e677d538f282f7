import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { timestamp } from '../../kernel/time.ts'
import { JobInterest } from '../../market/messages.ts'
import type { Effect } from '../../node/input.ts'
import type { Key } from '../../node/turn.ts'
import { cidOf } from '../../wire/cid.ts'
import { encode } from '../../wire/codec.ts'
import type { Did } from '../../wire/schema.ts'
import { plainTimers } from '../timer-worker.ts'
import { createWriter } from './writer.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const me = `did:key:z6Mk${'1'.repeat(44)}` as Did

/** A step that states one fact, and asks to be looked at again. */
function stating(name: string): Effect[] {
  const head = { author: me, issuedAt: timestamp(1_700_000_000_000), prev: undefined }
  const event = JobInterest.author(head, { job: cidOf(encode(name), 'dag-cbor'), to: me })
  return [
    { type: 'persist', events: [event] },
    { type: 'wake', key: name as Key, at: timestamp(0) },
  ]
}
const answering: Effect[] = [{ type: 'answer', token: 1, result: { ok: true, value: undefined } }]

/** What was written, one list a write, and what was let go, in order. */
function stage() {
  const writes: number[] = []
  const left: string[] = []
  const writer = createWriter({
    log: { append: async (entries) => void writes.push(entries.length) },
    timers: plainTimers(),
    carryOut: (effect) => void left.push(effect.type === 'wake' ? effect.key : effect.type),
    failed: () => {},
  })
  return { writer, writes, left }
}
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await undefined
}

it('[ND2] writes what nobody waits for at most once in fifty milliseconds, and nothing of it leaves before', async () => {
  const { writer, writes, left } = stage()
  for (const name of ['a', 'b', 'c']) {
    void writer.take(stating(name), 'soon')
    await turns()
  }
  expect(writes).toEqual([1])
  vi.advanceTimersByTime(50)
  await turns()
  expect(writes).toEqual([1, 2])
  void writer.take(stating('d'), 'soon')
  await turns()
  expect(writes).toEqual([1, 2])
  vi.advanceTimersByTime(50)
  await turns()
  expect(writes).toEqual([1, 2, 1])
  expect(left.filter((one) => one !== 'persist')).toEqual(['a', 'b', 'c', 'd'])
})

it('[ND2] writes it at once, and before what follows it, where somebody waits', async () => {
  const { writer, writes, left } = stage()
  for (const name of ['a', 'b']) void writer.take(stating(name), 'soon')
  await turns()
  void writer.take(answering)
  await turns()
  expect(writes).toEqual([1, 1])
  expect(left.filter((one) => one !== 'persist')).toEqual(['a', 'b', 'answer'])
})

it('writes what waits when it is stopped', async () => {
  const { writer, writes } = stage()
  for (const name of ['a', 'b']) {
    void writer.take(stating(name), 'soon')
    await turns()
  }
  writer.stop()
  await turns()
  expect(writes).toEqual([1, 1])
})
