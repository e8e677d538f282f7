import { assert, describe, expect, it } from 'vitest'
import type { Job, TaskResult } from '../../sdk/api.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Did } from '../../wire/schema.ts'
import type { JobMemory } from '../run/job-memory.ts'
import { type Collected, collect } from './collect.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const resultOf = (index: number, part: Partial<TaskResult>): TaskResult => ({
  index,
  status: 'ok',
  exitCode: 0,
  stdout: bytes(''),
  stderr: bytes(''),
  files: {},
  hostUnits: undefined,
  fuel: undefined,
  durationMs: 10,
  provider: 'did:key:one' as Did,
  ...part,
})

/** A job that has ended, with these results. */
const endedWith = (results: readonly TaskResult[]): Job => ({
  id: 'job' as Cid,
  view: () => undefined,
  checking: undefined,
  progress: { total: 0, isSealed: true, done: 0, ok: 0, failed: 0, inFlight: 0, fuelUsed: 0n },
  done: new Promise(() => {}),
  cancel: async () => {},
  runHere: async () => {},
  terminal: () => assert.fail('it has none'),
  usage: () => assert.fail('it is not asked'),
  async *results() {
    yield* results
  },
})

const complete = (job: Job, memory: JobMemory): Promise<Collected> =>
  new Promise((resolve) => {
    const { view } = collect(job, memory)
    view.subscribe(() => view.read().isComplete && resolve(view.read()))
  })

describe('the results of a job, collected', () => {
  it('takes the newer result of a task that was done anew because its provider was not believed any more', async () => {
    const [liar, other] = ['did:key:liar', 'did:key:other'] as Did[] as [Did, Did]
    const single = { how: 'single', agreed: [liar], wrong: [] } as const
    const { rows, shares, checks } = await complete(
      endedWith([
        resultOf(0, { provider: liar, stdout: bytes('lie'), check: single }),
        resultOf(1, { provider: other }),
        resultOf(0, {
          provider: other,
          stdout: bytes('truth'),
          check: { how: 'agreed', agreed: [other], wrong: [liar] },
        }),
      ]),
      { kind: 'own', values: {}, fileNames: [] },
    )
    expect(rows.map(({ index, preview }) => [index, preview])).toEqual([
      [0, 'truth'],
      [1, ''],
    ])
    expect([...shares.keys()]).toEqual([other])
    expect(checks).toMatchObject({ results: 1, single: 0, agreed: 1, wrong: new Map([[liar, 1]]) })
  })

  it('keeps what came of each command of a script', async () => {
    const [quiet, nothing] = [{ durationUs: 0, fuel: 0n, exitCode: 0, status: 'ok' as const, message: '' }, bytes('')]
    const commands = [
      { ...quiet, index: 0, type: 'deploy' as const, stdout: nothing, stderr: nothing },
      { ...quiet, index: 1, type: 'run' as const, stdout: bytes('said\nmore'), stderr: nothing, durationUs: 2_500 },
      {
        ...quiet,
        index: 2,
        type: 'transfer' as const,
        stdout: nothing,
        stderr: nothing,
        message: 'bafk',
        content: bytes('kept'),
      },
      {
        ...quiet,
        index: 3,
        type: 'run' as const,
        stdout: nothing,
        stderr: bytes('oh'),
        status: 'failed' as const,
        exitCode: 3,
        message: 'exited-nonzero: 3',
      },
    ]
    const failed = resultOf(0, { status: 'failed', exitCode: 3, commands })
    const { rows } = await complete(endedWith([failed]), { kind: 'own', values: {}, fileNames: [] })
    expect(rows[0]).toMatchObject({ sizeBytes: 9 })
    expect(rows[0]?.commands).toEqual([
      { type: 'deploy', isOk: true, exitCode: 0, durationMs: 0, sizeBytes: 0, words: '' },
      { type: 'run', isOk: true, exitCode: 0, durationMs: 2.5, sizeBytes: 9, words: 'said' },
      { type: 'transfer', isOk: true, exitCode: 0, durationMs: 0, sizeBytes: 4, words: 'bafk' },
      { type: 'run', isOk: false, exitCode: 3, durationMs: 0, sizeBytes: 2, words: 'exited-nonzero: 3' },
    ])
  })

  it('keeps who did how much, what failed and how each output begins', async () => {
    const failed = { code: 'exited-nonzero', phase: 'run', message: 'exit 2' }
    const other = 'did:key:two' as Did
    const { rows, failures, shares, states } = await complete(
      endedWith([
        resultOf(1, { stdout: bytes('first line\nsecond') }),
        resultOf(0, { provider: other, status: 'failed', exitCode: 2, stderr: bytes('wrong é'), error: failed }),
        resultOf(2_000, { stdout: Uint8Array.of(0xff, 0xfe, 0) }),
        resultOf(3, { stdout: bytes('after what is no text') }),
      ]),
      { kind: 'own', values: {}, fileNames: [] },
    )
    expect(rows.map(({ preview }) => preview)).toEqual(['first line', 'wrong é', '', 'after what is no text'])
    expect(failures.map(({ index }) => index)).toEqual([0])
    expect(shares.get(other)).toEqual({ done: 1, timed: 1, durationMs: 10 })
    expect([0, 1, 2, 2_000].map((index) => states[index])).toEqual([2, 1, 0, 1])
  })

  it('keeps what functions gave and what programs told of themselves', async () => {
    const log = [{ level: 'info', text: 'begun' }]
    const { rows, remarks } = await complete(
      endedWith([
        resultOf(0, { values: [25n, -0, Number.NaN], log, custom: { lines: 3n } }),
        resultOf(1, { values: [], custom: { lines: 4n, words: 1n } }),
      ]),
      { kind: 'own', values: {}, fileNames: [] },
    )
    expect(rows.map(({ values }) => values)).toEqual(['25n, -0, NaN', ''])
    expect(remarks.log).toEqual([{ index: 0, level: 'info', text: 'begun' }])
    expect([...remarks.counters]).toEqual([
      ['lines', 7n],
      ['words', 1n],
    ])
  })

  it('places the tiles of a picture, and marks an output of another size as failed', async () => {
    const values = { scene: 'tiles', width: 4, height: 2, tileSize: 2, samples: 1, seed: 1 }
    const { sink, states } = await complete(
      endedWith([resultOf(0, { stdout: new Uint8Array(16).fill(7) }), resultOf(1, { stdout: new Uint8Array(3) })]),
      { kind: 'picture', values, fileNames: [] },
    )
    expect(sink.kind === 'picture' && [sink.placed, sink.pixels.filter((value) => value === 7).length]).toEqual([
      [0],
      16,
    ])
    expect([states[0], states[1]]).toEqual([1, 2])
  })
})
