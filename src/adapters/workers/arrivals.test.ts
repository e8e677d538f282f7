import { describe, expect, it } from 'vitest'
import { blockBytes } from '../../content/manifest.ts'
import { concatBytes, equalBytes } from '../../kernel/bytes.ts'
import { seeded } from '../../kernel/rng.ts'
import { leastArrivingBytes, mostPieceBytes } from './arrivals.ts'
import { deployed, input, limits, module, type Puppet, theatre } from './pool.fixture.ts'

const large = new Uint8Array(leastArrivingBytes + 5).map((_, at) => (at >> 8) + (at % 251))
const named = (cid: string) => ({ cid, bytes: large, runtime: 'wasi-p1' })
const kinds = ({ heard }: Puppet): string[] => heard.map(({ kind }) => kind)
const lengths = ({ heard }: Puppet): number[] =>
  heard.flatMap((said) => (said.kind === 'arriving' || said.kind === 'prepare' ? [said.bytes.length] : []))

/** What a worker has once it is asked to prepare a module: what came before, and the rest. */
function wholeAt({ heard }: Puppet): Uint8Array | undefined {
  const before = new Map<number, Uint8Array[]>()
  for (const said of heard) {
    if (said.kind === 'arriving') before.set(said.id, [...(before.get(said.id) ?? []), said.bytes])
    if (said.kind === 'notArriving') before.delete(said.id)
    if (said.kind === 'prepare') return concatBytes([...(before.get(said.arriving ?? 0) ?? []), said.bytes])
  }
  return undefined
}
function hasRead({ events, heard }: Puppet): void {
  const last = heard.findLast(({ kind }) => kind === 'arriving')
  if (last?.kind === 'arriving') events.message({ kind: 'read', id: last.id })
}
function hasPrepared({ events, heard }: Puppet): void {
  const last = heard.findLast(({ kind }) => kind === 'prepare')
  if (last?.kind === 'prepare') events.message({ kind: 'prepared', key: last.key, module })
}

describe('a module that is on its way', () => {
  it('[AR4] is read by a worker piece by piece, each once the one before is read, and the rest comes with the last word', async () => {
    const { pool, puppets, settle } = theatre(1)
    const arriving = pool.arriving(named('x'), limits)
    arriving.grown(large, blockBytes)
    const [worker] = puppets as [Puppet]
    worker.events.message({ kind: 'ready' })
    for (const blocks of [2, 3, 4, 7]) arriving.grown(large, blocks * blockBytes)
    expect(lengths(worker)).toEqual([blockBytes])
    hasRead(worker)
    await settle()
    expect(lengths(worker)).toEqual([blockBytes, mostPieceBytes])
    hasRead(worker)
    await settle()
    const deploying = pool.deploy(named('x'), limits)
    await settle()
    hasRead(worker)
    hasPrepared(worker)
    arriving.end()
    expect(await deploying).toMatchObject({ ok: true, value: { cid: 'x' } })
    expect(kinds(worker)).toEqual(['arriving', 'arriving', 'arriving', 'prepare'])
    expect(equalBytes(wholeAt(worker)!, large)).toBe(true)
    expect(puppets).toHaveLength(1)
  })

  it('[AR4] is prepared whole where it is short, known already, or comes beside two others', async () => {
    const { pool, puppets, settle } = theatre(4)
    const short = large.slice(0, leastArrivingBytes - 1)
    pool.arriving(named('short'), limits).grown(short, short.length)
    expect(puppets).toHaveLength(0)
    await deployed(pool, puppets, settle)
    for (const cid of ['x', 'one', 'two', 'three', 'one']) pool.arriving(named(cid), limits).grown(large, blockBytes)
    expect(puppets.map((one) => kinds(one).filter((kind) => kind === 'arriving').length)).toEqual([1, 1])
  })

  it('[AR4] is forgotten where its fetch fails, and comes anew with the next one', async () => {
    const { pool, puppets, settle } = theatre(1)
    const failing = pool.arriving(named('x'), limits)
    failing.grown(large, 3 * blockBytes)
    failing.end()
    failing.grown(large, 4 * blockBytes)
    const [worker] = puppets as [Puppet]
    worker.events.message({ kind: 'ready' })
    expect(kinds(worker)).toEqual(['arriving', 'notArriving'])
    hasRead(worker)
    const again = pool.arriving(named('x'), limits)
    again.grown(large, 2 * blockBytes)
    hasRead(worker)
    void pool.deploy(named('x'), limits)
    await settle()
    expect(kinds(worker)).toEqual(['arriving', 'notArriving', 'arriving', 'prepare'])
    expect(equalBytes(wholeAt(worker)!, large)).toBe(true)
    pool.arriving(named('x'), limits).end()
    expect(puppets).toHaveLength(1)
  })

  it('[AR4] whose reading does not end costs its worker after 30 s, is not read again, and is prepared whole', async () => {
    const { pool, puppets, pass, settle } = theatre(1)
    const arriving = pool.arriving(named('x'), limits)
    arriving.grown(large, blockBytes)
    puppets[0]!.events.message({ kind: 'ready' })
    await pass(29_000)
    arriving.grown(large, 5 * blockBytes)
    expect(puppets.map(({ hasEnded }) => hasEnded)).toEqual([false])
    await pass(2_000)
    expect(puppets.map(({ hasEnded }) => hasEnded)).toEqual([true, false])
    arriving.grown(large, 6 * blockBytes)
    void pool.deploy(named('x'), limits)
    await settle()
    expect(kinds(puppets[1]!)).toEqual(['prepare'])
    expect(equalBytes(wholeAt(puppets[1]!)!, large)).toBe(true)
  })

  it('[AR4] does not cost its worker while its bytes are awaited', async () => {
    const { pool, puppets, pass } = theatre(1)
    const arriving = pool.arriving(named('x'), limits)
    arriving.grown(large, blockBytes)
    puppets[0]!.events.message({ kind: 'ready' })
    hasRead(puppets[0]!)
    await pass(100_000)
    arriving.grown(large, 2 * blockBytes)
    await pass(20_000)
    expect(puppets.map(({ hasEnded }) => hasEnded)).toEqual([false])
  })

  it('[AR4] lets tasks go first: one waits for a piece that is read, and no piece goes behind a task', async () => {
    const { pool, puppets, pass, settle } = theatre(1)
    const deployment = await deployed(pool, puppets, settle)
    const arriving = pool.arriving(named('y'), limits)
    arriving.grown(large, 2 * blockBytes)
    arriving.grown(large, 6 * blockBytes)
    void pool.run(deployment, input)
    await pass(0)
    const [worker] = puppets as [Puppet]
    expect(kinds(worker)).toEqual(['prepare', 'arriving'])
    hasRead(worker)
    await pass(0)
    arriving.grown(large, 8 * blockBytes)
    expect(kinds(worker)).toEqual(['prepare', 'arriving', 'run'])
    // its worker is at work when the rest is there: another one gets all of it
    void pool.deploy(named('y'), limits)
    await settle()
    expect(kinds(worker).at(-1)).toBe('notArriving')
    expect(equalBytes(wholeAt(puppets[1]!)!, large)).toBe(true)
  })

  it('[AR4] keeps the worker that reads it, when fewer are wanted', async () => {
    const { pool, puppets, pass } = theatre(2)
    const arriving = pool.arriving(named('x'), limits)
    arriving.grown(large, blockBytes)
    puppets[0]!.events.message({ kind: 'ready' })
    hasRead(puppets[0]!)
    pool.setShare(0)
    await pass(10)
    expect(puppets[0]!.hasEnded).toBe(false)
    arriving.end()
    expect(puppets[0]!.hasEnded).toBe(true)
  })

  it('[AR4] is whole at the worker that prepares it, whatever happens on the way', async () => {
    let readAhead = 0
    for (let seed = 0; seed < 300; seed++) {
      const rng = seeded(seed)
      const { pool, puppets, pass, settle } = theatre(2)
      const arriving = pool.arriving(named('x'), limits)
      let prefix = 0
      for (let step = 0; step < 12; step++) {
        const what = rng.below(8)
        const worker = puppets[rng.below(Math.max(1, puppets.length))]
        prefix = Math.min(large.length, prefix + rng.below(2 * mostPieceBytes))
        if (what < 4) arriving.grown(large, prefix)
        if (what === 4 && worker) worker.events.message({ kind: 'ready' })
        if (what === 5 && worker) hasRead(worker)
        if (what === 6 && worker && rng.chance(300)) worker.events.lost('gone')
        if (what === 7 && rng.chance(200)) await pass(40_000)
        if (rng.chance(50)) arriving.end()
        await settle()
      }
      void pool.deploy(named('x'), limits)
      await settle()
      const asked = puppets.filter((one) => kinds(one).includes('prepare'))
      expect(asked, `seed ${seed}`).toHaveLength(1)
      expect(equalBytes(wholeAt(asked[0]!) ?? new Uint8Array(0), large), `seed ${seed}`).toBe(true)
      if (asked[0]?.heard.some((said) => said.kind === 'prepare' && said.arriving)) readAhead += 1
    }
    expect(readAhead).toBeGreaterThan(50)
  })
})
