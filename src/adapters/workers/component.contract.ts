import { assemble, drop, i32 } from '../../activity/assembler.ts'
import { componentSamples, runner, sampleComponent, sections, someFunctions } from '../../activity/component-samples.ts'
import { samples } from '../../activity/module-samples.ts'
import type { Runtime } from '../../activity/runtime.ts'
import type { TaskErrorCode, TaskInput, TaskLimits, TaskOutcome } from '../../activity/task.ts'
import { valueText } from '../../activity/value-text.ts'
import {
  bytes,
  deployed,
  equal,
  type Given1,
  holds,
  input,
  limits,
  type Story,
  story,
  text,
} from './runtime.fixture.ts'

/** What every runtime promises of components: the same as of core modules, as far as a program can tell. */
const deploy = (runtime: Runtime, component: Uint8Array, part: Partial<TaskLimits> = {}, cid = 'component') =>
  deployed(runtime, component, part, cid, 'component')

async function probed(
  { runtime, component }: Given1,
  args: string[],
  part: Partial<TaskInput> = {},
): Promise<TaskOutcome> {
  return runtime.run(await deploy(runtime, component), input({ args, ...part }))
}

async function endsAs(
  runtime: Runtime,
  component: Uint8Array,
  code: TaskErrorCode,
  part: Partial<TaskLimits> = {},
): Promise<TaskOutcome> {
  const outcome = await runtime.run(await deploy(runtime, component, part, code), input())
  equal([outcome.status, outcome.error?.code, outcome.exitCode], ['failed', code, -1])
  return outcome
}

/** Fuel of the probe when it says what it is told, on every engine: its own, and that of the adapter that its build has put into it. */
const echoFuel = 18_629n

/** Of a task of index 0 with a seed of noughts. */
const chanceEverywhere = '157 246 11 43 101 71 235 227 219 145 67 237 104 85 76 246 '
const chanceFuel = 32_681n
const refused: TaskErrorCode = 'input-not-allowed'
/** `f32.const 0` */
const zero32 = [0x43, 0, 0, 0, 0]

export const componentStories: readonly Story[] = [
  story('[CM4] gives a component its arguments, variables and input, and brings back what it says', async (given) => {
    equal(text((await probed(given, ['args', 'één', '', 'b c'])).stdout), 'één\n\nb c\n')
    equal(text((await probed(given, ['env'], { env: { LANG: 'C', EMPTY: '' } })).stdout), 'EMPTY=\nLANG=C\n')
    const echoed = await probed(given, ['echo'], { stdin: bytes('from standard input') })
    equal([echoed.status, echoed.exitCode, text(echoed.stdout)], ['ok', 0, 'from standard input'])
    holds(echoed.usage.durationUs > 0 && echoed.usage.memoryBytes >= 65_536, 'usage is measured')
    equal(String(echoed.usage.fuel), String(echoFuel))
    const failing = await probed(given, ['exit', '3'])
    equal([failing.exitCode, failing.error?.code, text(failing.stderr)], [1, 'exited-nonzero', 'leaving'])
  }),

  story('[CM4] gives a component files, and brings back those created, changed or renamed', async (given) => {
    const files = { 'data/in.txt': bytes('in'), 'other.txt': bytes('other') }
    equal(text((await probed(given, ['show', 'data/in.txt'], { files })).stdout), 'in')
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
    holds((await probed(given, ['show', 'new.txt'])).exitCode === 1, 'no file is left behind')
  }),

  story('keeps a component inside its own files, and bounds what it holds', async (given) => {
    const outside = await probed(given, ['show', '../../etc/passwd'])
    equal([outside.exitCode, outside.stdout.length], [1, 0])
    equal((await probed(given, ['put', '../escaped', 'x'])).exitCode, 1)
    equal((await probed(given, ['link', 'a', 'b'], { files: { a: bytes('a') } })).exitCode, 1)
    equal((await probed(given, ['hold', 'a'], { files: { a: bytes('a') } })).exitCode, 1)
    equal((await probed(given, ['swell', '2000000000'])).error?.code, 'output-over-limit')
    equal((await probed(given, ['stretch'])).error?.code, 'output-over-limit')
  }),

  story('lets a component sleep at no cost of time, and gives it chance', async (given) => {
    const outcome = await probed(given, ['sleep', '3600'])
    equal([outcome.exitCode, Number(text(outcome.stdout)) >= 3600], [0, true])
    const [one, two] = [await probed(given, ['random']), await probed(given, ['random'])]
    holds(text(one.stdout) !== text(two.stdout) && one.exitCode === 0, 'sixteen bytes differ')
  }),

  story('[DE1] shows a deterministic component the same world everywhere', async ({ runtime, component }) => {
    const look = async (args: string[], { index = 0, ...part }: Partial<TaskLimits> & { index?: number } = {}) => {
      const env = { LANG: 'C', EMPTY: '' }
      const deployment = await deploy(runtime, component, { seed: new Uint8Array(32), ...part })
      return runtime.run(deployment, { ...input({ args, env }), place: { job: 'job', index } })
    }
    const [random, again] = [await look(['random']), await look(['random'])]
    equal([text(random.stdout), String(random.usage.fuel)], [chanceEverywhere, String(chanceFuel)])
    equal([text(again.stdout), again.usage.fuel === random.usage.fuel], [chanceEverywhere, true])
    for (const other of [{ index: 3 }, { seed: new Uint8Array(32).fill(1) }])
      equal(text((await look(['random'], other)).stdout) === chanceEverywhere, false)
    equal(text((await look(['env'])).stdout), 'EMPTY=\nLANG=C\n')
    equal(text((await look(['sleep', '3600'])).stdout), '3600')
    // Nought by nought: engines differ in the sign of what comes of it.
    const nan = sampleComponent({ core: runner([...zero32, ...zero32, 0x95, 0xbc, ...i32(0x7fc00000), 0x47]) })
    equal((await runtime.run(await deploy(runtime, nan, { seed: new Uint8Array(32) }, 'nan'), input())).status, 'ok')
  }),

  story('[RK3] calls functions of a component with plain values, each of its type', async ({ runtime }) => {
    const deployment = await deploy(runtime, someFunctions, { fuel: 1_000_000n }, 'functions')
    const called = async (invoke: string | undefined, ...params: (number | bigint | boolean | string)[]) => {
      const outcome = await runtime.run(deployment, input({ ...(invoke && { invoke }), params: params.map(valueText) }))
      return outcome.values ?? outcome.error?.code
    }
    for (const said of ['', 'één “two”\n\0', '🎈'.repeat(900)])
      equal(await called('say-again', said), [valueText(said)])
    equal(await called('mix', 255, -(2n ** 63n), true, -0, '🎈'), [valueText(-(2n ** 63n))])
    equal([await called('is-even', 4), await called('is-even', 2 ** 32 - 1)], [['true'], ['false']])
    for (const wrong of [256, -1, 1.5, '1', true, 1n]) equal(await called('mix', wrong, 0n, true, 0, 'a'), refused)
    for (const wrong of [0, '0', 2n ** 63n]) equal(await called('mix', 0, wrong, true, 0, 'a'), refused)
    for (const wrong of [0, 'true']) equal(await called('mix', 0, 0n, wrong, 0, 'a'), refused)
    for (const wrong of ['', 'ab', '\ud83c', 7]) equal(await called('mix', 0, 0n, true, 0, wrong), refused)
    equal(await called('is-even'), refused)
    for (const absent of ['sayAgain', 'constructor', 'run', undefined]) equal(await called(absent, 'x'), refused)
    equal([await called('spin'), await called('trap')], ['out-of-fuel', 'trapped'])
    const little = await deploy(runtime, someFunctions, { outputBytes: 8 }, 'little output')
    const long = await runtime.run(little, input({ invoke: 'say-again', params: [valueText('nine or more')] }))
    equal([long.error?.code, long.values], ['output-over-limit', undefined])
  }),

  story('[DE2] refuses a component that cannot be deterministic, by what it uses', async ({ runtime }) => {
    const relaxed = [...i32(0), 0xfd, 0x0f, ...i32(0), 0xfd, 0x0f, 0xfd, 0x80, 0x02, drop, ...i32(0)]
    const bytes = sampleComponent({ core: runner(relaxed) })
    const asked = { cid: 'relaxed', bytes, runtime: 'component' }
    const result = await runtime.deploy(asked, { ...limits, seed: new Uint8Array(32) })
    equal(result.ok ? 'ok' : [result.code, result.facts['because']], ['cannot-be-deterministic', 'relaxed vectors'])
  }),

  story('refuses at deployment components that may not run, and goes on', async ({ runtime, component }) => {
    const code = async (bytes: Uint8Array, part: Partial<TaskLimits> = {}, kind = 'component') => {
      const result = await runtime.deploy({ cid: 'x', bytes, runtime: kind }, { ...limits, ...part })
      return result.ok ? 'ok' : result.code
    }
    equal(await code(samples.empty), 'not-a-component')
    equal(await code(component, {}, 'wasi-p1'), 'is-a-component')
    equal(await code(component, { memoryPages: 1 }), 'memory-over-limit')
    const sockets = sampleComponent({ before: [sections.importInstance('wasi:sockets/tcp@0.2.0', 0)] })
    equal(await code(sockets), 'import-not-allowed')
    equal(await code(sampleComponent({ exports: "wasi:cli/run@0.2.0'];globalThis.pwned=1//" })), 'name-not-allowed')
    equal(await code(componentSamples.coreImport("x'+globalThis.y+'", 'y')), 'name-not-allowed')
    equal(await code(componentSamples.manyMemories(3_000)), 'component-over-limit')
    // An addition of nothing, and an index that is not there: only who joins or compiles it can tell.
    equal(await code(sampleComponent({ core: runner([0x6a]) })), 'malformed-component')
    equal(await code(sampleComponent({ after: [sections.raw(6, [1, 0, 9, 1, 120])] })), 'malformed-component')
    equal(await code(sampleComponent({ core: assemble({ memories: [[0, 1]] }) })), 'no-memory-export')
    equal(await code(componentSamples.empty), 'ok')
  }),

  story('keeps names that mean something in script from meaning it', async ({ runtime }) => {
    const outcome = async (name: string) => {
      const asked = { cid: name, bytes: componentSamples.alsoCalled(name), runtime: 'component' }
      const result = await runtime.deploy(asked, limits)
      if (!result.ok) return result.code
      const { status, error } = await runtime.run(result.value, input())
      return error?.code ?? status
    }
    for (const name of ['run', 'self', 'imports', 'instantiate-core', 'constructor', 'await', 'undefined', 'promise'])
      equal([name, await outcome(name)], [name, 'ok'])
    equal(await outcome('eval'), 'malformed-module')
    equal(await outcome('A-B'), 'malformed-component') // the generator breaks on it, and the next component gets a new one
    equal(await outcome('a-b'), 'ok')
  }),

  story('names how a component ends', async ({ runtime }) => {
    await endsAs(runtime, componentSamples.trap, 'trapped')
    const failing = await runtime.run(await deploy(runtime, componentSamples.failing, {}, 'failing'), input())
    equal([failing.exitCode, failing.error?.code], [1, 'exited-nonzero'])
    const grown = await endsAs(runtime, componentSamples.growing, 'memory-over-limit')
    holds(grown.usage.memoryBytes <= limits.memoryPages * 65_536, 'the limit held')
    const plain = await runtime.run(await deploy(runtime, componentSamples.empty, {}, 'empty'), input())
    equal([plain.status, String(plain.usage.fuel)], ['ok', '2'])
  }),

  story(
    'ends a component where its fuel, or its stack, is used up, after the same fuel each time',
    async ({ runtime }) => {
      const first = await endsAs(runtime, componentSamples.recursion, 'stack-overflow')
      const deployment = await deploy(runtime, componentSamples.recursion, {}, 'stack-overflow')
      const again = await runtime.run(deployment, input())
      equal([first.usage.fuel > 1_000n, first.usage.fuel === again.usage.fuel], [true, true])
      const looping = await endsAs(runtime, componentSamples.endlessLoop, 'out-of-fuel', { fuel: 5_000_000n })
      equal(looping.usage.fuel === 5_000_000n, true)
    },
  ),

  story('shares one budget of fuel among all core modules of a component', async ({ runtime, component }) => {
    const stopped = await runtime.run(
      await deploy(runtime, component, { fuel: 10_000n }, 'little'),
      input({ args: ['echo'], stdin: bytes('x') }),
    )
    equal([stopped.error?.code, String(stopped.usage.fuel), stopped.stdout.length], ['out-of-fuel', '10000', 0])
  }),

  story(
    'gives a component to every worker, and to the one that comes after one was ended',
    async ({ runtime, component }) => {
      const deployment = await deploy(runtime, component)
      const all = await Promise.all(
        Array.from({ length: 12 }, () => runtime.run(deployment, input({ args: ['echo'], stdin: bytes('x') }))),
      )
      equal([...new Set(all.map(({ stdout, usage }) => `${text(stdout)} ${usage.fuel}`))].length, 1)
      await endsAs(runtime, componentSamples.endlessLoop, 'timed-out', { timeoutMs: 300 })
      equal((await runtime.run(deployment, input({ args: ['echo'], stdin: bytes('y') }))).status, 'ok')
      const core = await deployed(runtime, samples.empty, {}, 'core')
      equal((await runtime.run(core, input())).status, 'ok')
    },
    2,
  ),
]
