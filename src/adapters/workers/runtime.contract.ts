import { type Hostile, hostileLimits, hostilePrograms } from '../../activity/hostile.ts'
import { sampleModule, samples } from '../../activity/module-samples.ts'
import type { Deployment, Runtime } from '../../activity/runtime.ts'
import type { TaskErrorCode, TaskInput, TaskLimits, TaskOutcome } from '../../activity/task.ts'

/**
 * What every runtime promises, as stories that throw where one is broken. The Node runtime hears them under vitest, the
 * browser's in a real page: hence no test framework here.
 */
export type Story = { readonly name: string; tell(given: Given): Promise<void> }

export type Given = {
  /** A fresh runtime of the given size; the teller stops it. */
  open(options?: { threads?: number; share?: number; cores?: number; mostSilenceMs?: number }): Runtime
  /** fixtures/probe.wasm */
  readonly probe: Uint8Array
  /** fixtures/world.wasm */
  readonly world: Uint8Array
  /** lines.wasm of the ready-made jobs */
  readonly lines: Uint8Array
  /** fixtures/talker.wasm */
  readonly talker: Uint8Array
  /** Waits on the same clock as the runtime's. */
  wait(durationMs: number): Promise<void>
}

export const limits: TaskLimits = { memoryPages: 64, timeoutMs: 5_000, outputBytes: 100_000 }

export type Given1 = Given & { readonly runtime: Runtime }
export const input = (part: Partial<TaskInput> = {}): TaskInput => ({
  args: [],
  env: {},
  stdin: bytes(''),
  files: {},
  ...part,
})
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (given: Uint8Array | undefined): string => new TextDecoder().decode(given)

export class BrokenPromise extends Error {
  override name = 'BrokenPromise'
}

export function equal(actual: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== should) throw new BrokenPromise(`is ${is}, should be ${should}`)
}

export function holds(condition: boolean, sentence: string): void {
  if (!condition) throw new BrokenPromise(sentence)
}

export async function deployed(
  runtime: Runtime,
  module: Uint8Array,
  part: Partial<TaskLimits> = {},
  cid = 'cid',
): Promise<Deployment> {
  const result = await runtime.deploy({ cid, bytes: module, runtime: 'wasi-p1' }, { ...limits, ...part })
  if (!result.ok) throw new BrokenPromise(`not deployed: ${result.code} ${JSON.stringify(result.facts)}`)
  return result.value
}

/** Runs the probe once and gives what came of it. */
async function probed({ runtime, probe }: Given1, args: string[], part: Partial<TaskInput> = {}): Promise<TaskOutcome> {
  return runtime.run(await deployed(runtime, probe), input({ args, ...part }))
}

/** Runs a hostile module once and expects this end of it. */
export async function endsAs(
  runtime: Runtime,
  module: Uint8Array,
  code: TaskErrorCode,
  part: Partial<TaskLimits> = {},
): Promise<TaskOutcome> {
  const outcome = await runtime.run(await deployed(runtime, module, part), input())
  equal([outcome.status, outcome.error?.code, outcome.exitCode], ['failed', code, -1])
  return outcome
}

export const story = (name: string, tell: (given: Given1) => Promise<void>, threads = 1): Story => ({
  name,
  tell: async (given) => {
    const runtime = given.open({ threads, cores: Math.max(threads, 1), share: 1 })
    try {
      await tell({ ...given, runtime })
    } finally {
      await runtime.stop()
    }
  },
})

/** Error numbers of WASI preview 1 that the probe exits with. */
const errors = { exists: 20, tooManyOpen: 33, noSpace: 51, notSupported: 58, notPermitted: 63, notCapable: 76 }

export const runtimeStories: readonly Story[] = [
  story('gives a program its arguments, variables and input, and brings back what it says', async (given) => {
    equal(text((await probed(given, ['args', 'één', '', 'b c'])).stdout), 'één\n\nb c\n')
    equal(text((await probed(given, ['env'], { env: { LANG: 'C', EMPTY: '' } })).stdout), 'EMPTY=\nLANG=C\n')
    const echoed = await probed(given, ['echo'], { stdin: bytes('from standard input') })
    equal(
      [echoed.status, echoed.exitCode, text(echoed.stdout), echoed.error],
      ['ok', 0, 'from standard input', undefined],
    )
    holds(echoed.usage.durationUs > 0 && echoed.usage.memoryBytes >= 65_536, 'usage is measured')
  }),

  story('says a non-zero exit is a failure, and keeps what was written before it', async (given) => {
    const outcome = await probed(given, ['exit', '3'])
    equal(
      [outcome.status, outcome.exitCode, outcome.error?.code, text(outcome.stderr)],
      ['failed', 3, 'exited-nonzero', 'leaving'],
    )
  }),

  story('gives files in and brings back those created, changed or renamed, and no others', async (given) => {
    const files = { 'data/in.txt': bytes('in'), 'other.txt': bytes('other') }
    equal(text((await probed(given, ['show', 'data/in.txt'], { files })).stdout), 'in')
    equal(text((await probed(given, ['show', '/data/../other.txt'], { files })).stdout), 'other')
    equal(text((await probed(given, ['list', 'data'], { files })).stdout), '.\n..\nin.txt\n')
    const seen = async (...args: string[]) => {
      const outcome = await probed(given, args, { files })
      return [outcome.exitCode, ...Object.entries(outcome.files).map(([path, content]) => `${path}=${text(content)}`)]
    }
    equal(await seen('show', 'other.txt'), [0])
    equal(await seen('put', 'new.txt', 'made'), [0, 'new.txt=made'])
    equal(await seen('put', 'data/in.txt', 'x'), [0, 'data/in.txt=x'])
    equal(await seen('append', 'data/in.txt', '+more'), [0, 'data/in.txt=in+more'])
    equal(await seen('rename', 'other.txt', 'data/moved.txt'), [0, 'data/moved.txt=other'])
    equal(await seen('put', '__proto__', 'own'), [0, '__proto__=own'])
  }),

  story('keeps a program inside its own files', async (given) => {
    const outside = await probed(given, ['show', '../../etc/passwd'])
    holds([44, errors.notCapable].includes(outside.exitCode) && outside.stdout.length === 0, 'nothing above the root')
    holds((await probed(given, ['put', '../escaped', 'x'])).exitCode !== 0, 'nothing written above the root')
    equal((await probed(given, ['link', 'a', 'b'], { files: { a: bytes('a') } })).exitCode, errors.notSupported)
    const refused = await probed(given, ['show', 'x'], { files: { '../x': bytes('x') } })
    equal([refused.status, refused.error?.code], ['failed', 'input-not-allowed'])
  }),

  story('starts every task afresh', async (given) => {
    const deployment = await deployed(given.runtime, given.probe)
    await given.runtime.run(deployment, input({ args: ['put', 'kept.txt', 'x'] }))
    holds(
      (await given.runtime.run(deployment, input({ args: ['show', 'kept.txt'] }))).exitCode !== 0,
      'no file is left behind',
    )
  }),

  story('lets a program sleep at no cost of time, and tells it that the time has passed', async (given) => {
    const outcome = await probed(given, ['sleep', '3600'])
    equal([outcome.exitCode, Number(text(outcome.stdout)) >= 3600], [0, true])
    holds(outcome.usage.durationUs < 1_000_000, 'an hour takes less than a second')
  }),

  story('gives chance to whoever asks', async (given) => {
    const [one, two] = [await probed(given, ['random']), await probed(given, ['random'])]
    holds(text(one.stdout) !== text(two.stdout) && one.exitCode === 0, 'sixteen bytes differ')
  }),

  story('prepares a module once, whatever else a run may use', async ({ runtime, probe }) => {
    const first = await deployed(runtime, probe)
    const again = await deployed(runtime, probe, { timeoutMs: 1_000, outputBytes: 5, fuel: 90_000_000n })
    holds(first.program === again.program, 'it was prepared anew')
    equal((await runtime.run(first, input({ args: ['args', 'longer than five bytes'] }))).status, 'ok')
    const outcome = await runtime.run(again, input({ args: ['args', 'longer than five bytes'] }))
    equal(outcome.error?.code, 'output-over-limit')
    const other = await deployed(runtime, probe, { memoryPages: 32 })
    holds(other.program !== first.program, 'another bound of its memory is another module')
  }),
  story('refuses at deployment what may not run', async ({ runtime }) => {
    const code = async (module: Uint8Array, part: Partial<TaskLimits> = {}) => {
      const result = await runtime.deploy({ cid: 'x', bytes: module, runtime: 'wasi-p1' }, { ...limits, ...part })
      return result.ok ? 'ok' : result.code
    }
    equal(await code(bytes('not a module')), 'not-wasm')
    equal(await code(Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0])), 'is-a-component')
    equal(await code(sampleModule({ imports: [{ from: 'env', name: 'alert' }] })), 'import-not-allowed')
    equal(await code(sampleModule({ code: [0x6a] })), 'malformed-module') // an addition of nothing: only the engine sees it
    equal(await code(sampleModule({ memories: [[0, 65]] })), 'memory-over-limit')
    equal(await code(samples.empty, { timeoutMs: 0 }), 'limits-not-allowed')
    equal(await code(samples.empty), 'ok')
  }),

  story('names a trap, and goes on', async ({ runtime }) => {
    await endsAs(runtime, samples.trap, 'trapped')
    equal((await runtime.run(await deployed(runtime, samples.empty, {}, 'empty'), input())).status, 'ok')
  }),
  story('ends a call stack too deep, after the same fuel each time', async ({ runtime }) => {
    const first = await endsAs(runtime, samples.recursion, 'stack-overflow')
    const again = await runtime.run(await deployed(runtime, samples.recursion, {}, 'stack-overflow'), input())
    equal([first.usage.fuel > 1_000n, first.usage.fuel === again.usage.fuel], [true, true])
  }),
  story('ends a program where its fuel is used up, and counts all of it', async ({ runtime }) => {
    const looping = await runtime.run(
      await deployed(runtime, samples.endlessLoop, { fuel: 5_000_000n }, 'fuel'),
      input(),
    )
    equal([looping.error?.code, looping.usage.fuel === 5_000_000n], ['out-of-fuel', true])
  }),
  story('ends a program that allocates without end', async (given) => {
    const grown = await endsAs(given.runtime, samples.growing, 'memory-over-limit')
    holds(grown.usage.memoryBytes <= limits.memoryPages * 65_536, 'the limit held')
    const real = await probed(given, ['malloc'])
    equal([real.error?.code, real.usage.memoryBytes <= limits.memoryPages * 65_536], ['memory-over-limit', true])
  }),
  story('ends a program that prints without end, and keeps what fitted', async ({ runtime }) => {
    const outcome = await endsAs(runtime, samples.endlessPrint, 'output-over-limit')
    holds(outcome.stdout.length <= limits.outputBytes && outcome.stdout.length > 0, 'no more than the limit is kept')
  }),
  story('answers a pointer outside the memory with an error number', async ({ runtime }) => {
    const outcome = await runtime.run(await deployed(runtime, samples.wildPointer), input())
    holds(outcome.error?.code === 'exited-nonzero' || outcome.error?.code === 'trapped', 'a typed end')
  }),

  story('takes no program that could catch its own end', async ({ runtime }) => {
    for (const [name, bytes] of [
      ['print', samples.deafPrint],
      ['exit', samples.deafExit],
    ] as const) {
      const refused = await runtime.deploy({ cid: name, bytes, runtime: 'wasi-p1' }, limits)
      equal([refused.ok, !refused.ok && refused.code], [false, 'feature-not-allowed'])
    }
  }),

  story('counts files with the output, while they are written', async (given) => {
    const fits = await probed(given, ['swell', '90000'])
    equal([fits.status, Object.values(fits.files).map(({ length }) => length)], ['ok', [90_000]])
    equal((await probed(given, ['swell', '2000000000'])).error?.code, 'output-over-limit')
    equal((await probed(given, ['stretch'])).error?.code, 'output-over-limit')
  }),

  story('bounds open files and made files, and none that were closed', async (given) => {
    const files = { a: bytes('a') }
    equal((await probed(given, ['openings', 'a'], { files })).exitCode, 0)
    equal((await probed(given, ['hold', 'a'], { files })).exitCode, errors.tooManyOpen)
    const roomy = await deployed(given.runtime, given.probe, { outputBytes: 1_000_000 })
    equal((await given.runtime.run(roomy, input({ args: ['crowd'] }))).exitCode, errors.noSpace)
  }),

  story('gives a large input whole', async (given) => {
    const deployment = await deployed(given.runtime, given.probe, { outputBytes: 32 * 1024 * 1024 })
    const stdin = new Uint8Array(16 * 1024 * 1024).fill(7)
    const echoed = await given.runtime.run(deployment, input({ args: ['echo'], stdin }))
    equal([echoed.status, echoed.stdout.length, echoed.stdout[16_000_000]], ['ok', 16 * 1024 * 1024, 7])
  }),

  story('refuses strings that no program could be given', async (given) => {
    const env = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`V${index}`, 'x']))
    equal((await probed(given, ['env'], { env })).error?.code, 'input-not-allowed')
    const wide = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`V${index}`, 'x'.repeat(900)]))
    const outcome = await given.runtime.run(
      await deployed(given.runtime, given.probe, { outputBytes: 2_000_000 }),
      input({ args: ['env'], env: wide }),
    )
    equal([outcome.status, outcome.stdout.length > 810_000], ['ok', true])
  }),

  story(
    'ends an endless loop at its time, and holds nobody else up',
    async ({ runtime, wait }) => {
      const quick = await deployed(runtime, samples.empty, {}, 'quick')
      const hung = await deployed(runtime, samples.endlessLoop, { timeoutMs: 2_000 }, 'hung')
      const began = performance.now()
      let isHanging = true
      const hanging = runtime.run(hung, input()).finally(() => {
        isHanging = false
      })
      await wait(50)
      const others = await Promise.all(Array.from({ length: 50 }, () => runtime.run(quick, input())))
      holds(isHanging, 'fifty tasks went by while one hung')
      equal([...new Set(others.map(({ status }) => status))], ['ok'])
      equal((await hanging).error?.code, 'timed-out')
      const tookMs = performance.now() - began
      holds(tookMs >= 2_000 && tookMs < 5_000, `ended after ${Math.round(tookMs)} ms`)
    },
    2,
  ),

  story('ends a loop that runs before the program starts', async ({ runtime }) => {
    await endsAs(runtime, samples.loopAtStart, 'timed-out', { timeoutMs: 300 })
  }),

  story('runs again elsewhere what waited behind a hung task', async ({ runtime }) => {
    const hung = await deployed(runtime, samples.endlessLoop, { timeoutMs: 300 }, 'hung')
    const quick = await deployed(runtime, samples.empty, {}, 'quick')
    const outcomes = await Promise.all([
      runtime.run(hung, input()),
      runtime.run(quick, input()),
      runtime.run(quick, input()),
    ])
    equal(
      outcomes.map(({ error }) => error?.code ?? 'none'),
      ['timed-out', 'none', 'none'],
    )
  }),

  story('stops a running task when asked, and gives its place to the next', async ({ runtime, wait }) => {
    const hung = await deployed(runtime, samples.endlessLoop, { timeoutMs: 60_000 }, 'hung')
    const stop = new AbortController()
    const running = runtime.run(hung, input(), stop.signal)
    const waiting = runtime.run(hung, input(), stop.signal)
    await wait(100)
    stop.abort()
    equal([(await running).error?.code, (await waiting).error?.code], ['stopped', 'stopped'])
    const began = performance.now()
    equal((await runtime.run(await deployed(runtime, samples.empty, {}, 'quick'), input())).status, 'ok')
    holds(performance.now() - began < 3_000, 'the worker is free within 3 s')
    const waitingAlone = new AbortController()
    const [first, second] = [new AbortController(), waitingAlone].map(({ signal }) =>
      runtime.run(hung, input(), signal),
    )
    await wait(50)
    waitingAlone.abort()
    equal((await second)?.error?.code, 'stopped')
    void first
    equal((await runtime.run(hung, input(), stop.signal)).error?.code, 'stopped')
  }),

  story('deploys while every worker is busy', async ({ runtime }) => {
    const hung = await deployed(runtime, samples.endlessLoop, { timeoutMs: 60_000 }, 'hung')
    void runtime.run(hung, input())
    void runtime.run(hung, input())
    await Promise.resolve()
    await deployed(runtime, samples.empty, {}, 'quick')
    equal(runtime.usage().workers, 1)
  }),

  story(
    'says how many tasks it would take, and when that rises',
    async ({ runtime }) => {
      equal(runtime.idle(), 4)
      let rises = 0
      const end = runtime.onIdle(() => rises++)
      const deployment = await deployed(runtime, samples.empty)
      const running = Array.from({ length: 4 }, () => runtime.run(deployment, input()))
      equal(runtime.idle(), 0)
      await Promise.all(running)
      await Promise.resolve()
      holds(rises > 0 && runtime.idle() >= 4, 'room again')
      end()
      runtime.resize(0)
      equal(runtime.idle(), 0)
      equal(runtime.usage().tasksDone, 4)
    },
    2,
  ),

  story(
    'stops: ends every worker within 3 s, and says so to whoever waits',
    async ({ runtime, wait }) => {
      const hung = await deployed(runtime, samples.endlessLoop, { timeoutMs: 60_000 }, 'hung')
      const runs = Array.from({ length: 6 }, () => runtime.run(hung, input()))
      await wait(50)
      const began = performance.now()
      await runtime.stop()
      holds(performance.now() - began < 3_100, `took ${Math.round(performance.now() - began)} ms`)
      equal([...new Set((await Promise.all(runs)).map(({ error }) => error?.code))], ['stopped'])
      equal([runtime.idle(), runtime.usage().workers], [0, 0])
      equal((await runtime.run(hung, input())).error?.code, 'stopped')
      const late = await runtime.deploy({ cid: 'late', bytes: samples.empty, runtime: 'wasi-p1' }, limits)
      equal(late.ok ? 'ok' : late.code, 'stopped')
    },
    2,
  ),

  {
    name: 'keeps to a share of the cores',
    tell: async (given) => {
      const runtime = given.open({ threads: 1, share: 0.25, cores: 1 })
      const hung = await deployed(runtime, samples.endlessLoop, { timeoutMs: 200 })
      const began = performance.now()
      await runtime.run(hung, input())
      await runtime.run(hung, input())
      await runtime.run(hung, input())
      const tookMs = performance.now() - began
      await runtime.stop()
      holds(
        tookMs > 200 + 2 * 600 && tookMs < 15_000,
        `three tasks of 0.2 s at a quarter took ${Math.round(tookMs)} ms`,
      )
    },
  },

  ...hostilePrograms.map((one) =>
    story(`withstands a program that ${one.tries} (${one.name})`, async ({ runtime }) => {
      const end = await endOf(runtime, one)
      holds(
        one.ends.some((allowed) => allowed === end),
        `it ended as ${end}`,
      )
      equal((await runtime.run(await deployed(runtime, samples.empty, {}, 'next'), input())).status, 'ok')
    }),
  ),
]

/** How a hostile program ends: refused before it runs, or by its one task. */
async function endOf(runtime: Runtime, { name, bytes: made }: Hostile): Promise<string> {
  const deploying = await runtime.deploy({ cid: name, bytes: made(), runtime: 'wasi-p1' }, hostileLimits)
  if (!deploying.ok) return deploying.code
  const outcome = await runtime.run(deploying.value, input())
  holds(outcome.usage.fuel <= hostileLimits.fuel, `used ${outcome.usage.fuel} units of fuel`)
  return outcome.error?.code ?? 'harmless'
}
