import { afterEach, describe, expect, it, vi } from 'vitest'
import { minuteMs } from '../kernel/time.ts'
import { cidOf } from '../wire/cid.ts'
import type { Mesh } from './api.ts'
import { all, createWorld, place, readyMadeModule, type TestWorld } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

/** As many newer jobs as stay at hand. */
const mostEndedJobs = 200

async function wordsHere(mesh: Mesh) {
  const module = await readyMadeModule('words')
  const job = mesh.submit({ module, tasks: [{ args: ['words'], stdin: 'one two' }], here: 'only' })
  await job.done
  return job
}

/** Jobs that end as soon as they are there. */
async function newerJobs(mesh: Mesh, count: number): Promise<void> {
  const module = await readyMadeModule('words')
  for (let n = 0; n < count; n++) {
    const job = mesh.submit({ module, tasks: [{ stdin: 'one' }] })
    await untilKnown(mesh, job.id)
    await job.cancel()
  }
}

const untilKnown = (mesh: Mesh, id: string): Promise<void> =>
  new Promise((resolve) => {
    const look = () => mesh.job(id)?.view()?.progress.isSealed === true
    if (look()) return resolve()
    const unsubscribe = mesh.subscribe(look, () => {
      unsubscribe()
      resolve()
    })
  })

describe('a job that is forgotten', () => {
  it('[FG4] takes its tasks and results from the disk, and whoever still holds it is not left waiting', {
    timeout: 30_000,
  }, async () => {
    world = createWorld()
    const here = place()
    const mesh = await world.open(here)
    const old = await wordsHere(mesh)
    const kept = await wordsHere(mesh)
    await newerJobs(mesh, mostEndedJobs - 1)
    expect([here.disk.jobs.has(old.id), here.disk.jobs.size]).toEqual([true, mostEndedJobs + 1])
    world.later(10 * minuteMs)
    await vi.waitFor(() => expect(here.disk.jobs.has(old.id)).toBe(false))
    expect(here.disk.jobs.has(kept.id)).toBe(true)
    expect(await all(kept.results())).toHaveLength(1)
    expect(await all(old.results())).toHaveLength(0)
    expect(mesh.job(old.id)).toBeUndefined()
    expect(mesh.jobs().map(({ id }) => id)).not.toContain(old.id)
  })

  it('[FG4] is removed at the next start, where its tab was closed before', async () => {
    world = createWorld()
    const here = place()
    const mesh = await world.open(here)
    const kept = await wordsHere(mesh)
    await world.crash(mesh)
    const left = cidOf(new Uint8Array([1]), 'raw')
    here.disk.jobs.set(left, {
      tasks: [...here.disk.jobs.get(kept.id)!.tasks],
      results: [],
      answers: new Map(),
      done: new Set(),
    })
    const again = await world.open(here)
    await vi.waitFor(() => expect([...here.disk.jobs.keys()]).toEqual([kept.id]))
    expect(await all(again.job(kept.id)!.results())).toHaveLength(1)
  })
})
