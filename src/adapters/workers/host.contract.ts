import {
  assemble,
  call,
  drop,
  exportOf,
  functionType,
  i32,
  i32Type,
  i64Type,
  importFunction,
  loop,
} from '../../activity/assembler.ts'
import { hostLimits, hostModule, wasiModule } from '../../activity/host-abi.ts'
import { outboundLimits } from '../../activity/outbound.ts'
import { fetchingModule, speakingModule } from '../../activity/outside.examples.ts'
import type { Answer, Ask } from '../../activity/outside.ts'
import type { Outside } from '../../activity/runtime.ts'
import type { PlacedInput, TaskLimits, TaskOutcome } from '../../activity/task.ts'
import {
  bytes,
  deployed,
  endsAs,
  equal,
  type Given1,
  holds,
  input,
  limits,
  type Story,
  story,
  text,
} from './runtime.fixture.ts'

/** What a program may ask of its host, and what it is told where it must compute the same everywhere. */
export const hostStories: readonly Story[] = [
  story('[HA1] tells a program which task it is, and lets it read what the job brings for all', async (given) => {
    const told: number[] = []
    given.runtime.onProgress(({ place, permille }) => told.push(place.index, permille))
    const outcomes = [await countLines(given, 0), await countLines(given, 1), await countLines(given, 2)]
    equal(
      outcomes.map(({ stdout }) => text(stdout)),
      ['2\n', '1\n', '1\n'],
    )
    const [, second] = outcomes
    equal([text(second?.log), second?.anchors], ['info part 2 of 3\n', undefined])
    equal(Object.keys(second?.usage.custom ?? {}).sort(), ['bytes', 'lines'])
    const sum = outcomes.reduce((all, { usage }) => all + (usage.custom?.['lines'] ?? 0n), 0n)
    equal([Number(sum), told.length >= 2, told.includes(1_000)], [6, true, true])
    equal((await countLines(given, 3)).exitCode, 2)
  }),

  story(
    '[HA2] counts what calls cost, alike each time, and ends the task that would pass its budget',
    async (given) => {
      const [one, again] = [await countLines(given, 1), await countLines(given, 1)]
      holds((one.usage.hostUnits ?? 0n) > 1_000n, 'calls cost something')
      equal(one.usage.hostUnits === again.usage.hostUnits, true)
      const yields = assembled([[wasiModule, 'sched_yield', nothingToNumber]], [...call(0), drop, ...call(0), drop])
      const outcome = await given.runtime.run(await deployed(given.runtime, yields, {}, 'yields'), input())
      equal(Number(outcome.usage.hostUnits), 1_000)
      const endless = assembled([[wasiModule, 'sched_yield', nothingToNumber]], loop(...call(0), drop))
      const ended = await endsAs(given.runtime, endless, 'out-of-host-units', { hostUnits: 20_250n })
      equal(Number(ended.usage.hostUnits), 20_250)
    },
  ),

  story('[HA3] keeps what a program says beside its output within bounds', async ({ runtime }) => {
    const talking = assembled(
      [[hostModule, 'log', threeNumbers]],
      [
        ...i32(1_000),
        0x21,
        0,
        0x03,
        0x40,
        ...i32(2),
        ...i32(0),
        ...i32(4_000),
        ...call(0),
        drop,
        ...countDown(0),
        0x0b,
      ],
    )
    const outcome = await runtime.run(await deployed(runtime, talking, {}, 'talking'), input())
    equal([outcome.status, (outcome.log?.length ?? 0) <= hostLimits.logBytes], ['ok', true])
    holds((outcome.log?.length ?? 0) > hostLimits.logBytes - 5_000, 'what fits is kept')
    const anchoring = assembled(
      [[hostModule, 'anchor', twoNumbers]],
      [...i32(100), 0x21, 0, 0x03, 0x40, ...i32(0), ...i32(1_024), ...call(0), drop, ...countDown(0), 0x0b],
    )
    const anchored = await runtime.run(await deployed(runtime, anchoring, {}, 'anchoring'), input())
    equal([anchored.status, anchored.anchors?.length, anchored.anchors?.[0]?.length], ['ok', hostLimits.anchors, 1_024])
    const outside = assembled([[hostModule, 'anchor', twoNumbers]], [...i32(-8), ...i32(64), ...call(0), 0x0f])
    equal((await runtime.run(await deployed(runtime, outside, {}, 'outside'), input())).anchors, undefined)
  }),

  story('[FE2] holds a program until what it asked for was fetched for it', async (given) => {
    const asked: string[] = []
    const outcome = await fetched(given, 'GET https://a.example/words', async (ask) => {
      asked.push(ask.kind === 'fetch' ? text(ask.request) : ask.kind)
      await given.wait(30)
      return { kind: 'answer', status: 200, type: 'text/plain', body: new Uint8Array(200_000).fill(7) }
    })
    equal([outcome.status, outcome.stdout.length, outcome.stdout[199_999]], ['ok', 200_000, 7])
    equal(asked, ['GET https://a.example/words'])
    holds((outcome.usage.waitedUs ?? 0) >= 25_000, 'the time in which it stood still is told')
    holds((outcome.usage.hostUnits ?? 0n) > 50_000n + 400_000n, 'what came and what was read cost something')
  }),

  story('[FE2] tells a program by a number why nothing was fetched', async (given) => {
    const refused = await fetched(given, 'GET https://a.example', async () => ({ kind: 'none', why: 'failed' }))
    equal([refused.exitCode, refused.stdout.length], [6, 0])
    equal((await fetched(given, 'GET https://a.example', undefined)).exitCode, 5)
    const large = 'a'.repeat(outboundLimits.requestBytes)
    equal((await fetched(given, large, async () => ({ kind: 'none', why: 'invalid' }))).exitCode, 4)
  }),

  story('[FE3] ends a program that waits too long, and what it waited for', async (given) => {
    const over: string[] = []
    const outcome = await fetched(given, 'GET https://a.example', () => new Promise(() => {}), over)
    equal([outcome.error?.code, over.join()], ['timed-out', 'over'])
    equal((await fetched(given, 'GET https://a.example', undefined)).exitCode, 5)
  }),

  story('[TT1] holds a program until what it sent is there, and until something comes', async (given) => {
    const asked: unknown[] = []
    const answer = async (ask: Ask): Promise<Answer> => {
      asked.push(ask.kind === 'send' ? [ask.to, text(ask.bytes), ask.mayDrop] : ask.kind)
      await given.wait(20)
      return ask.kind === 'send' ? { kind: 'sent' } : { kind: 'message', from: 7, bytes: bytes('an answer') }
    }
    const first = await outsideHas(given, speakingModule, 'hello', answer)
    equal([first.status, text(first.stdout), asked], ['ok', 'an answer', [[1, 'hello', false], 'receive']])
    asked.length = 0
    equal((await outsideHas(given, speakingModule, '', answer)).status, 'ok')
    equal(asked, ['receive', [7, 'an answer', false]])
    const alone = await outsideHas(given, speakingModule, '', async () => ({ kind: 'none', why: 'absent' }))
    equal(alone.exitCode, 3)
  }),

  story('[FE4] refuses to be deterministic where something is fetched', async ({ runtime }) => {
    const outside: Outside = { begin: () => ({ answer: () => new Promise(() => {}), end: () => {} }) }
    const program = { cid: 'fetching', bytes: fetchingModule, runtime: 'wasi-p1', outside }
    const result = await runtime.deploy(program, { ...limits, seed: new Uint8Array(32) })
    equal(result.ok ? 'ok' : [result.code, result.facts['because']], ['cannot-be-deterministic', 'the network'])
  }),

  story('[DE1] shows a deterministic task the same world on every machine', async (given) => {
    const outcome = await look(given, {})
    equal(text(outcome.stdout), everywhere)
    equal(
      [outcome.status, Number(outcome.usage.fuel), Number(outcome.usage.hostUnits)],
      ['ok', fuelEverywhere, unitsEverywhere],
    )
  }),

  story('[DE1] gives it other chance by seed and by index, and nothing else', async (given) => {
    const chance = ({ stdout }: TaskOutcome) => /chance .*/.exec(text(stdout))?.[0]
    const rest = ({ stdout }: TaskOutcome) => text(stdout).replace(/chance .*|task .*/g, '')
    const one = await look(given, {})
    for (const other of [await look(given, { index: 3 }), await look(given, { seed: new Uint8Array(32).fill(1) })]) {
      equal(chance(one) === chance(other), false)
      equal(rest(other), rest(one))
    }
  }),

  story('[DE2] refuses at deployment what cannot be deterministic, by what it uses', async ({ runtime }) => {
    const relaxed = assembled([], [...i32(0), 0xfd, 0x0f, ...i32(0), 0xfd, 0x0f, 0xfd, 0x80, 0x02, drop])
    const refusal = async (part: Partial<TaskLimits>) => {
      const result = await runtime.deploy(
        { cid: 'relaxed', bytes: relaxed, runtime: 'wasi-p1' },
        { ...limits, ...part },
      )
      return result.ok ? 'ok' : [result.code, result.facts['because']]
    }
    equal(await refusal({ seed: new Uint8Array(32) }), ['cannot-be-deterministic', 'relaxed vectors'])
    equal(await refusal({}), ['feature-not-allowed', undefined])
  }),
]

const nothingToNumber = 0
const twoNumbers = 1
const threeNumbers = 2
/** One local of 32 bits, a page of memory, and the functions asked for in front of `_start`. */
function assembled(imports: readonly (readonly [string, string, number])[], code: readonly number[]): Uint8Array {
  return assemble({
    types: [
      functionType([], [i32Type]),
      functionType([i32Type, i32Type], [i32Type]),
      functionType([i32Type, i32Type, i32Type], [i32Type]),
      functionType([i32Type, i32Type, i64Type], [i32Type]),
      functionType([]),
    ],
    imports: imports.map(([from, name, type]) => importFunction(from, name, type)),
    memories: [[0, 1]],
    exports: [exportOf('_start', 'function', imports.length), exportOf('memory', 'memory', 0)],
    functions: [{ type: 4, locals: 1, code }],
  })
}
/** Takes one from a local, and branches to the loop around it while something is left. */
const countDown = (local: number): number[] => [0x20, local, ...i32(1), 0x6b, 0x22, local, 0x0d, 0]

/** Has the program make this request, where somebody answers it. */
const fetched = (given: Given1, request: string, answer: Answering | undefined, over?: string[]) =>
  outsideHas(given, fetchingModule, request, answer, over)

type Answering = (ask: Ask) => Promise<Answer>
async function outsideHas(
  { runtime }: Given1,
  module: Uint8Array,
  stdin: string,
  answer: Answering | undefined,
  over: string[] = [],
): Promise<TaskOutcome> {
  const outside = answer && { begin: () => ({ answer, end: () => void over.push('over') }) }
  const program = { cid: `${module.length} outside`, bytes: module, runtime: 'wasi-p1', outside }
  const deployed = await runtime.deploy(program, { ...limits, timeoutMs: 1_000, outputBytes: 1_000_000 })
  if (!deployed.ok) throw new Error(deployed.code)
  return runtime.run(deployed.value, input({ stdin: bytes(stdin) }))
}

/** How many lines of the job's text hold "sea", in a part of three. */
async function countLines({ runtime, lines }: Given1, index: number): Promise<TaskOutcome> {
  const content = bytes('the sea\nthe ship\nby the sea\nthe whale\nsea and sky\nno more sea')
  const deploying = await runtime.deploy(
    { cid: 'lines', bytes: lines, runtime: 'wasi-p1', contents: [{ cid: 'text', bytes: content }] },
    limits,
  )
  if (!deploying.ok) throw new Error(deploying.code)
  const task: PlacedInput = { ...input({ args: ['sea', '3'] }), place: { job: 'job', index } }
  return runtime.run(deploying.value, task)
}

/** Has a program print all that it can learn, of which the requestor gave the parts in no order. */
async function look({ runtime, world }: Given1, { seed = new Uint8Array(32), index = 0 }): Promise<TaskOutcome> {
  const files = { 'data/two': bytes('22'), 'data/one': bytes('1'), first: bytes('') }
  const task = { ...input({ args: [], env: { ZEBRA: 'z', APE: 'a' }, files }), place: { job: 'job', index } }
  return runtime.run(await deployed(runtime, world, { seed }, 'world'), task)
}

const fuelEverywhere = 214_483
const unitsEverywhere = 60_320
const everywhere = `arguments 1 program
variable APE=a
variable ZEBRA=z
wall 946684800.000001000 step 1000
monotonic 0.000002000 step 1000
monotonic 0.000003000 step 1000
slept 90.000004005 step 1000
chance 9d f6 0b 2b 65 47 eb e3 db 91 43 ed 68 55 4c f6 9b ab bc 6b 79 27 33 97 de c6 1c f7 b7 5a 3f 7a 79 27 b0 4d 8a 2c d6 4e
nan 7ff8000000000000
root 7ff8000000000000
sign 3ff0000000000000
lane 7ff8000000000000
sine bfeb453ab76bf397
./. inode 1 changed 0 size 0
./.. inode 0 changed 0 size 0
./data inode 3 changed 0 size 0
./first inode 5 changed 0 size 0
./zebra inode 10 changed 0 size 0
./ape inode 11 changed 0 size 0
data/. inode 3 changed 0 size 0
data/.. inode 0 changed 0 size 0
data/one inode 2 changed 0 size 1
data/two inode 4 changed 0 size 2
task 0
`
