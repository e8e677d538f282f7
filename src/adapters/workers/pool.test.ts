import { describe, expect, it } from 'vitest'
import type { PreparedComponent } from '../../activity/component-prepare.ts'
import { samples } from '../../activity/module-samples.ts'
import type { TaskOutcome } from '../../activity/task.ts'
import type { KitName } from '../../activity/worker-messages.ts'
import { deployed, input, limits, module, type Puppet, prepare, theatre } from './pool.fixture.ts'
import type { WorkerHost } from './worker-host.ts'

const outcomeOf = (durationMs: number): TaskOutcome => ({
  status: 'ok',
  exitCode: 0,
  stdout: new Uint8Array(0),
  stderr: new Uint8Array(0),
  files: {},
  usage: { durationUs: durationMs * 1000, memoryBytes: 65_536, fuel: 1n, hostUnits: 1n },
})
const runsHeard = ({ heard }: Puppet): number[] =>
  heard.flatMap((message) => (message.kind === 'run' ? message.runs.map(({ id }) => id) : []))

describe('the pool', () => {
  it('loads what components need once, keeps what was prepared, and prepares it no more', async () => {
    const loaded: KitName[] = []
    const kept = new Map<string, PreparedComponent>()
    const host: Partial<WorkerHost> = {
      kit: async (name) => {
        loaded.push(name)
        return { name, script: '', version: '1', modules: [] }
      },
      prepared: { read: async (key) => kept.get(key), write: async (key, made) => void kept.set(key, made) },
    }
    const program: PreparedComponent = { runtime: 'component', glue: '', functions: [], cores: [], stackUnits: 1 }
    const asked = { cid: 'x', bytes: samples.empty, runtime: 'component' }
    const first = theatre(1, {}, host)
    const deploying = first.pool.deploy(asked, limits)
    await first.settle()
    const { events, heard } = first.puppets[0]!
    const last = heard.at(-1)!
    if (last.kind === 'prepare') events.message({ kind: 'prepared', key: last.key, module: program })
    expect(await deploying).toMatchObject({ ok: true, value: { program } })
    expect(heard.map(({ kind }) => kind)).toEqual(['kit', 'kit', 'prepare'])
    expect(loaded).toEqual(['component-host', 'component-generator'])

    const second = theatre(1, {}, host)
    const deployment = await second.pool.deploy(asked, limits)
    if (!deployment.ok) throw new Error(deployment.code)
    void second.pool.run(deployment.value, input)
    await second.pass(0)
    expect(second.puppets[0]?.heard.map(({ kind }) => kind)).toEqual(['kit', 'module', 'run'])
    expect(loaded).toEqual(['component-host', 'component-generator', 'component-host'])
  })

  it('refuses components where nothing runs them', async () => {
    const { pool } = theatre(1)
    const refused = await pool.deploy({ cid: 'x', bytes: samples.empty, runtime: 'component' }, limits)
    expect(refused).toMatchObject({ ok: false, code: 'runtime-not-offered' })
  })

  it('deploys once for the same module and limits', async () => {
    const { pool, puppets, settle } = theatre(1)
    const [first, second] = [
      deployed(pool, puppets, settle),
      pool.deploy({ cid: 'x', bytes: samples.empty, runtime: 'wasi-p1' }, limits),
    ]
    expect([await first, (await second).ok]).toMatchObject([{ cid: 'x' }, true])
    expect(puppets.flatMap(({ heard }) => heard.map(({ kind }) => kind))).toEqual(['prepare'])
  })

  it('gives a worker that had nothing to do for long as much time to prepare a module as any other', async () => {
    const { pool, puppets, pass, settle } = theatre(1)
    await deployed(pool, puppets, settle)
    await pass(60_000)
    const deploying = pool.deploy({ cid: 'y', bytes: samples.empty, runtime: 'wasi-p1' }, limits)
    await pass(29_000)
    expect(puppets.map(({ hasEnded }) => hasEnded)).toEqual([false])
    await pass(2_000)
    expect(puppets.map(({ hasEnded }) => hasEnded)).toEqual([true, false])
    expect(await deploying).toMatchObject({ ok: false, code: 'start-failed' })
  })

  it('ends a worker that does not answer in time, and begins what waited behind the hung run on another', async () => {
    const { pool, puppets, pass, settle } = theatre(1)
    const deployment = await deployed(pool, puppets, settle)
    const [hung, behind] = [pool.run(deployment, input), pool.run(deployment, input)]
    await pass(1_099)
    expect(puppets.map(({ hasEnded }) => hasEnded)).toEqual([false])
    await pass(2)
    expect(await hung).toMatchObject({ error: { code: 'timed-out' }, usage: { durationUs: 1_100_000 } })
    prepare(puppets[1]!)
    await settle()
    const [id] = runsHeard(puppets[1]!)
    puppets[1]!.events.message({ kind: 'done', id: id!, outcome: outcomeOf(1) })
    expect((await behind).status).toBe('ok')
    expect(puppets.map(({ hasEnded }) => hasEnded)).toEqual([true, false])
  })

  it('hears an answer that a stalled page found late, before it judges', async () => {
    const { pool, puppets, pass, settle } = theatre(1)
    const deployment = await deployed(pool, puppets, settle)
    const running = pool.run(deployment, input)
    await pass(1_050)
    puppets[0]!.events.message({ kind: 'done', id: runsHeard(puppets[0]!)[0]!, outcome: outcomeOf(3) })
    expect((await running).status).toBe('ok')
    await pass(60_000)
    expect(puppets[0]!.hasEnded).toBe(false)
  })

  it('gives an idle worker what waits behind a long run elsewhere', async () => {
    const { pool, puppets, pass, settle } = theatre(2)
    const deployment = await deployed(pool, puppets, settle)
    const runs = Array.from({ length: 3 }, () => pool.run(deployment, input))
    await settle()
    prepare(puppets[1]!)
    expect(puppets.map(runsHeard)).toEqual([[1, 3], [2]])
    puppets[1]!.events.message({ kind: 'done', id: 2, outcome: outcomeOf(1) })
    await pass(20)
    expect(puppets.map(runsHeard)).toEqual([
      [1, 3],
      [2, 3],
    ])
    expect(puppets[0]!.heard.at(-1)).toEqual({ kind: 'cancel', id: 3 })
    puppets[1]!.events.message({ kind: 'done', id: 3, outcome: outcomeOf(1) })
    puppets[0]!.events.message({ kind: 'cancelled', id: 3 })
    puppets[0]!.events.message({ kind: 'done', id: 1, outcome: outcomeOf(20) })
    expect((await Promise.all(runs)).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok'])
  })

  it('answers with worker-lost when a worker ends by itself, and blames one run alone', async () => {
    const { pool, puppets, settle } = theatre(1)
    const deployment = await deployed(pool, puppets, settle)
    const [first] = [pool.run(deployment, input), pool.run(deployment, input)]
    await settle()
    puppets[0]!.events.lost('the engine fell over')
    expect((await first).error).toEqual({ code: 'worker-lost', message: 'the engine fell over' })
    await settle()
    expect(runsHeard(puppets[1]!)).toEqual([2])
  })

  it('gives up on a machine where workers do not start, and tries again when asked again', async () => {
    const { pool, puppets, pass } = theatre(1)
    const running = pool.run({ key: 'k', cid: 'x', limits, program: module }, input)
    await pass(40_000)
    expect((await running).error?.code).toBe('start-failed')
    expect(puppets.length).toBe(3)
    void pool.run({ key: 'k', cid: 'x', limits, program: module }, input)
    await pass(0)
    expect(puppets.length).toBe(4)
  })

  it('rests as its share asks, counts it as no room, and tells when there is room again', async () => {
    const { pool, puppets, pass, settle } = theatre(1, { share: 0.5 })
    const deployment = await deployed(pool, puppets, settle)
    let told = 0
    pool.onIdle(() => told++)
    const running = pool.run(deployment, input)
    await settle()
    expect(pool.idle()).toBe(0)
    await pass(800)
    puppets[0]!.events.message({ kind: 'done', id: 1, outcome: outcomeOf(800) })
    await running
    await pass(790)
    expect([pool.idle(), told]).toEqual([0, 0])
    await pass(20)
    expect([pool.idle(), told]).toEqual([1, 1])
    expect(pool.usage().busyShare).toBeCloseTo(800 / 30_000, 5)
  })

  it('starts nothing more at a share of 0, and goes on when it is raised', async () => {
    const { pool, puppets, settle } = theatre(2)
    const deployment = await deployed(pool, puppets, settle)
    pool.setShare(0)
    void pool.run(deployment, input)
    await settle()
    expect([pool.idle(), pool.usage().workers, puppets.flatMap(runsHeard)]).toEqual([0, 0, []])
    pool.setShare(1)
    await settle()
    expect(puppets.flatMap(runsHeard)).toEqual([1])
  })

  it('keeps the run of a large input out of any queue, and moves its buffer', async () => {
    const { pool, puppets, settle } = theatre(1)
    const deployment = await deployed(pool, puppets, settle)
    void pool.run(deployment, input)
    void pool.run(deployment, { ...input, stdin: new Uint8Array(2_000_000) })
    await settle()
    expect(runsHeard(puppets[0]!)).toEqual([1])
    puppets[0]!.events.message({ kind: 'done', id: 1, outcome: outcomeOf(1) })
    await settle()
    expect(runsHeard(puppets[0]!)).toEqual([1, 2])
  })

  it('refuses more waiting runs than it keeps', async () => {
    const { pool, puppets, settle } = theatre(1)
    const deployment = await deployed(pool, puppets, settle)
    pool.resize(0)
    for (let index = 0; index < 16_384; index++) void pool.run(deployment, input)
    expect((await pool.run(deployment, input)).error?.code).toBe('queue-full')
  })
})

describe('a program with a terminal', () => {
  async function talking() {
    const stage = theatre(1)
    const { pool, puppets, settle } = stage
    const deployment = await deployed(pool, puppets, settle)
    const heard: string[] = []
    const outcome = pool.run(deployment, input, undefined, {
      kind: 'terminal',
      heard: (word) => heard.push(word.kind),
      begun: () => {},
    })
    await settle()
    const [puppet] = puppets
    const [id = 0] = runsHeard(puppet!)
    const figures = { readBytes: 0, memoryBytes: 1, fuel: 1n }
    const awaits = (why: 'input' | 'nothing') =>
      puppet!.events.message({ kind: 'said', id, word: { kind: 'awaiting', for: why, ...figures } })
    const gaveUp = () =>
      puppet!.heard.flatMap((said) => (said.kind === 'tell' && 'code' in said.word ? said.word.code : []))
    return { ...stage, outcome, puppet: puppet!, id, awaits, gaveUp, heard }
  }

  it('[TE6] is waited for without its time running, and its worker rests', async () => {
    const { pool, pass, awaits, puppet, id, outcome } = await talking()
    await pass(500)
    awaits('input')
    await pass(300_000)
    expect(pool.usage().busyShare).toBeLessThan(0.02)
    awaits('nothing')
    await pass(400)
    expect(puppet.hasEnded).toBe(false)
    puppet.events.message({ kind: 'done', id, outcome: outcomeOf(900) })
    expect(await outcome).toMatchObject({ status: 'ok' })
  })

  it('[TE6] ends as timed out once it has computed for its time', async () => {
    const { pass, awaits, outcome } = await talking()
    awaits('input')
    await pass(10_000)
    awaits('nothing')
    await pass(1_200)
    expect((await outcome).error?.code).toBe('timed-out')
  })

  it('[TE6] is told to end after ten minutes of silence, and ended where it does not obey', async () => {
    const { pass, awaits, gaveUp, puppet, outcome } = await talking()
    awaits('input')
    await pass(599_000)
    expect(gaveUp()).toEqual([])
    await pass(1_200)
    expect([gaveUp(), puppet.hasEnded]).toEqual([['input-timed-out'], false])
    await pass(1_200)
    expect([puppet.hasEnded, (await outcome).error?.code]).toEqual([true, 'timed-out'])
  })

  it('[TE6] is there for an hour at most, however often somebody types', async () => {
    const { pass, awaits, gaveUp } = await talking()
    for (let minutes = 0; minutes < 59; minutes++) {
      awaits('input')
      await pass(60_000)
      awaits('nothing')
    }
    awaits('input')
    expect(gaveUp()).toEqual([])
    await pass(61_000)
    expect(gaveUp()).toEqual(['input-timed-out'])
  })

  it('has its worker to itself', async () => {
    const { pool, settle, puppets, puppet } = await talking()
    expect(pool.idle()).toBe(0)
    const deploying = pool.deploy({ cid: 'x', bytes: samples.empty, runtime: 'wasi-p1' }, limits)
    const other = await deploying
    if (!other.ok) throw new Error(other.code)
    void pool.run(other.value, input)
    await settle()
    expect([puppets.length, runsHeard(puppet).length]).toEqual([1, 1])
  })
})
