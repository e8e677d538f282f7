import { describe, expect, it } from 'vitest'
import type { Mesh } from '../../sdk/api.ts'
import { earlierTask, type WeightOf } from './earlier.ts'

type Earlier = { readonly id: string; readonly done: number; readonly spentMs: number; readonly isHere?: boolean }

/** Jobs, newest first, as far as an estimate looks at them. */
function nodeWith(...all: readonly Earlier[]): Pick<Mesh, 'jobs' | 'receipts'> {
  const jobs = all.map(({ id, done, isHere = false }) => ({ id, progress: { done }, lanes: [{ isHere }] }))
  const ofJob = (id: string) =>
    all
      .filter((one) => one.id === id)
      .map(({ spentMs, done }) => ({
        tasks: done,
        body: { usage: { durationUs: spentMs * 1_000, fuel: BigInt(spentMs) * 1_000n } },
      }))
  return { jobs: () => jobs, receipts: { ofJob } } as unknown as Pick<Mesh, 'jobs' | 'receipts'>
}

const recall = (id: string) => ({
  kind: id.startsWith('w') ? ('words' as const) : ('picture' as const),
  values: { id },
})
const words: WeightOf = (kind) => (kind === 'words' ? 1 : undefined)

describe('what a task took before', () => {
  it('is read from the receipts of the newest job of its kind', () => {
    const mesh = nodeWith(
      { id: 'p1', done: 10, spentMs: 9_000 },
      { id: 'w2', done: 4, spentMs: 200 },
      { id: 'w1', done: 4, spentMs: 800 },
    )
    expect(earlierTask(mesh, words, recall)).toEqual({ durationMs: 50, fuel: 50_000 })
  })

  it('is scaled to what there is to do in a task now', () => {
    const twice: WeightOf = () => 2
    expect(earlierTask(nodeWith({ id: 'p1', done: 10, spentMs: 1_000 }), twice, recall)).toEqual({
      durationMs: 50,
      fuel: 50_000,
    })
  })

  it('is not guessed: not of another kind, not of own work, not of one that has done nothing', () => {
    expect(earlierTask(nodeWith(), words, recall)).toBeUndefined()
    const others = nodeWith(
      { id: 'p1', done: 1, spentMs: 100 },
      { id: 'w3', done: 4, spentMs: 100, isHere: true },
      { id: 'w2', done: 0, spentMs: 0 },
    )
    expect(earlierTask(others, words, recall)).toBeUndefined()
    expect(earlierTask(nodeWith({ id: 'w1', done: 1, spentMs: 1 }), words, () => undefined)).toBeUndefined()
  })
})
