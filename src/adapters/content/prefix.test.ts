import { describe, expect, it, vi } from 'vitest'
import { blockBytes } from '../../content/manifest.ts'
import { equalBytes } from '../../kernel/bytes.ts'
import { memoryDisk } from '../memory/storage.ts'
import { added, type Behaviour, file, honest, is, network, node, peers } from './exchange.fixture.ts'

describe('a file that is on its way', () => {
  it('[CN16] tells how much is there from the beginning on, whoever sends what, and never of what is not verified', async () => {
    const ada = node('ada')
    const bytes = file(20)
    const cid = await added(ada, bytes)
    const names = await ada.namesOf(cid)
    const all = names.ok ? names.value : []
    const part =
      (keep: (n: number) => boolean): Behaviour =>
      (stream) =>
        ada.serve(stream, { allow: (name) => name === cid || keep(all.indexOf(name)) })
    const told: number[] = []
    const onPrefix = (part: Uint8Array, prefixBytes: number): void => {
      told.push(prefixBytes)
      if (!equalBytes(part.subarray(0, prefixBytes), bytes.subarray(0, prefixBytes))) told.push(Number.NaN)
    }
    // the sixth block is not to be had: behind it nothing is told of
    const disk = memoryDisk()
    const gap = network({ odd: part((n) => n % 2 === 1 && n !== 6), even: part((n) => n % 2 === 0 && n !== 6) })
    async function* later() {
      yield* peers('odd', 'even')
      await vi.waitFor(() => expect(told.at(-1)).toBe(5 * blockBytes))
    }
    const failed = await node('bob', disk).fetchFile(cid, { providers: later(), open: gap.open, onPrefix })
    expect([failed.ok, told.at(-1)]).toEqual([false, 5 * blockBytes])
    // what is there already is told of first; the rest comes from others
    told.length = 0
    const { open } = network({ even: part((n) => n % 2 === 0), odd: part((n) => n % 2 === 1) })
    const fetched = await node('bob', disk).fetchFile(cid, { providers: peers('odd', 'even'), open, onPrefix })
    expect(fetched).toSatisfy(is(bytes))
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b))
    expect(told.at(-1)).toBe(bytes.length)
  })

  it('[CN16] tells of equal blocks wherever they are, and of a file of one block nothing', async () => {
    const ada = node('ada')
    const { open } = network({ ada: honest(ada) })
    for (const [bytes, last] of [
      [new Uint8Array(50 * blockBytes), 50 * blockBytes],
      [file(1), undefined],
    ] as const) {
      const told: number[] = []
      const onPrefix = (_: Uint8Array, prefixBytes: number) => void told.push(prefixBytes)
      await node('bob').fetchFile(await added(ada, bytes), { providers: peers('ada'), open, onPrefix })
      expect(told.at(-1)).toBe(last)
    }
  })
})
