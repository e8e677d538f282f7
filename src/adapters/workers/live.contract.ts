import type { Live, LiveKind, ProgramWord, WordToProgram } from '../../activity/live.ts'
import { mostUntakenBytes } from '../../activity/live.ts'
import type { TaskLimits, TaskOutcome } from '../../activity/task.ts'
import { bytes, deployed, equal, type Given1, holds, input, type Story, story, text } from './runtime.fixture.ts'

/** What every runtime promises to whoever listens to a program, told like `runtimeStories`. */
export const liveStories: readonly Story[] = [
  story('lets somebody type into a running program, and hear it at once', async (given) => {
    const talk = await begun(given, ['echo'])
    equal(await talk.said(1), 'ready\n')
    await talk.awaits('input')
    talk.tell({ kind: 'input', bytes: bytes('one\n'), isFinal: false })
    equal(await talk.said(2), 'one\n')
    await talk.awaits('input', 2)
    talk.tell({ kind: 'input', bytes: bytes('two'), isFinal: true })
    const { status, exitCode, stdout, stderr, readBytes, usage } = await talk.outcome
    equal([status, exitCode, text(stdout), text(stderr), readBytes], ['ok', 0, 'ready\none\ntwo', 'over', 7])
    holds((usage.waitedUs ?? 0) > 0 && usage.fuel > 0n, 'what it waited and what it used are told')
    equal(
      talk.words.flatMap((word) => (word.kind === 'output' ? [[word.stream, word.readBytes]] : [])),
      [
        ['stdout', 0],
        ['stdout', 4],
        ['stdout', 7],
        ['stderr', 7],
      ],
    )
  }),

  story('lets it stand still in the functions of this mesh as in those of WASI', async (given) => {
    const talk = await begun(given, ['echo by ours'])
    equal(await talk.said(1), 'ready\n')
    await talk.awaits('input')
    talk.tell({ kind: 'input', bytes: bytes('one\n'), isFinal: false })
    equal(await talk.said(2), 'one\n')
    await talk.awaits('input', 2)
    talk.tell({ kind: 'input', bytes: bytes('two'), isFinal: true })
    const { stdout, readBytes } = await talk.outcome
    equal([text(stdout), readBytes], ['ready\none\ntwo', 7])
    const pouring = await begun(given, ['pour by ours'], {}, { outputBytes: 400_000 })
    await pouring.awaits('room')
    holds(pouring.saidBytes() <= mostUntakenBytes + 4_096, `${pouring.saidBytes()} bytes came at once`)
    pouring.takeAll()
    equal((await pouring.outcome).error?.code, 'output-over-limit')
  }),

  story('gives a program first what its task brought, then what is typed', async (given) => {
    const talk = await begun(given, ['echo'], { stdin: bytes('before ') })
    talk.tell({ kind: 'input', bytes: bytes('after'), isFinal: true })
    const { stdout, readBytes } = await talk.outcome
    equal([text(stdout), readBytes], ['ready\nbefore after', 12])
  }),

  story('holds a program that only looks for input until there is some', async (given) => {
    const talk = await begun(given, ['poll'])
    await talk.awaits('input')
    talk.tell({ kind: 'input', bytes: bytes('here'), isFinal: false })
    const { exitCode, stdout } = await talk.outcome
    equal([exitCode, text(stdout)], [1, 'here'])
  }),

  story('does not count the time in which a program waits', async (given) => {
    const talk = await begun(given, ['echo'], {}, { timeoutMs: 400 })
    await talk.awaits('input')
    await given.wait(900)
    talk.tell({ kind: 'input', bytes: bytes('late'), isFinal: true })
    equal((await talk.outcome).status, 'ok')
    const usage = given.runtime.usage()
    holds(usage.busyMs < 500, `was busy ${Math.round(usage.busyMs)} ms`)
  }),

  story('ends a program whose time is over once it goes on', async (given) => {
    const talk = await begun(given, ['spin'], {}, { timeoutMs: 300 })
    await talk.awaits('input')
    talk.tell({ kind: 'input', bytes: bytes('go'), isFinal: false })
    const { error, usage } = await talk.outcome
    equal([error?.code, usage.fuel > 0n, usage.memoryBytes > 0], ['timed-out', true, true]) // what it had told of itself
    equal((await (await begun(given, ['none'])).outcome).status, 'ok')
  }),

  story('ends a program at its fuel, and says a trap, with somebody at its terminal', async (given) => {
    const spinning = await begun(given, ['spin'], { stdin: bytes('go') }, { fuel: 1_000_000n })
    equal((await spinning.outcome).error?.code, 'out-of-fuel')
    const trapping = await begun(given, ['trap'])
    await trapping.awaits('input')
    trapping.tell({ kind: 'input', bytes: bytes('x'), isFinal: true })
    equal((await trapping.outcome).error?.code, 'trapped')
  }),

  {
    name: 'gives up on a program to which nobody answers, and keeps what it wrote',
    tell: async (given) => {
      const runtime = given.open({ threads: 1, cores: 1, mostSilenceMs: 300 })
      try {
        const silent = await begun({ ...given, runtime }, ['echo'])
        const { error, stdout, readBytes } = await silent.outcome
        equal([error?.code, text(stdout), readBytes], ['input-timed-out', 'ready\n', 0])
        const pouring = await begun({ ...given, runtime }, ['pour'], {}, { outputBytes: 1_000_000 })
        equal((await pouring.outcome).error?.code, 'output-not-taken')
      } finally {
        await runtime.stop()
      }
    },
  },

  story('holds a program that writes faster than anybody takes it', async (given) => {
    const talk = await begun(given, ['pour'], {}, { outputBytes: 400_000 })
    await talk.awaits('room')
    holds(talk.saidBytes() <= mostUntakenBytes + 4_096, `${talk.saidBytes()} bytes came at once`)
    const before = talk.saidBytes()
    talk.tell({ kind: 'taken', bytes: before })
    await talk.awaits('room', 2)
    holds(talk.saidBytes() > before, 'it went on')
    talk.takeAll()
    const { error, stdout } = await talk.outcome
    equal(error?.code, 'output-over-limit')
    equal(talk.saidBytes(), stdout.length)
  }),

  story('stops a program that waits, when asked', async (given) => {
    const stop = new AbortController()
    const talk = await begun(given, ['echo'], {}, {}, { signal: stop.signal })
    await talk.awaits('input')
    stop.abort()
    equal((await talk.outcome).error?.code, 'stopped')
    const began = performance.now()
    equal((await (await begun(given, ['none'])).outcome).status, 'ok')
    holds(performance.now() - began < 3_000, 'the worker is free within 3 s')
  }),

  story('tells what a program writes as it comes, also where nobody can answer it', async (given) => {
    const talk = await begun(given, ['echo'], { stdin: bytes('all of it') }, {}, { kind: 'output' })
    const { stdout, stderr } = await talk.outcome
    equal([text(stdout), text(stderr)], ['ready\nall of it', 'over'])
    equal(talk.saidBytes(), stdout.length + stderr.length)
  }),

  story('gathers what is written a byte at a time', async (given) => {
    const talk = await begun(given, ['drip'], {}, { outputBytes: 60_000 }, { kind: 'output' })
    const { error } = await talk.outcome
    equal(error?.code, 'output-over-limit')
    equal(talk.saidBytes(), 60_000)
    const heard = talk.words.length
    holds(heard < 2_000, `it took ${heard} words`)
  }),
]

const limits: TaskLimits = { memoryPages: 64, timeoutMs: 10_000, outputBytes: 100_000 }

/** The talker at work, and somebody who listens. */
async function begun(
  { runtime, talker }: Given1,
  args: string[],
  part: Parameters<typeof input>[0] = {},
  limited: Partial<TaskLimits> = {},
  { kind = 'terminal', signal }: { kind?: LiveKind; signal?: AbortSignal } = {},
) {
  const deployment = await deployed(
    runtime,
    talker,
    { ...limits, ...limited },
    `talker ${JSON.stringify(Object.keys(limited))}`,
  )
  const words: ProgramWord[] = []
  const waiting: { isMet: () => boolean; resolve: () => void }[] = []
  let tellIt: (word: WordToProgram) => void = () => {}
  let takesAll = false
  const live: Live = {
    kind,
    heard(word) {
      words.push(word)
      if (takesAll && word.kind === 'output') tellIt({ kind: 'taken', bytes: word.bytes.length })
      for (const one of waiting) if (one.isMet()) one.resolve()
    },
    begun(tell) {
      tellIt = tell
    },
  }
  const outcome: Promise<TaskOutcome> = runtime.run(deployment, input({ args, ...part }), signal, live)
  const outputs = () => words.flatMap((word) => (word.kind === 'output' ? [word] : []))
  const saidBytes = () => outputs().reduce((sum, { bytes: { length } }) => sum + length, 0)
  const until = (isMet: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      if (isMet()) return resolve()
      waiting.push({ isMet, resolve })
      void outcome.then(() => (isMet() ? resolve() : reject(new Error('it ended before it said so'))))
    })
  return {
    words,
    outcome,
    saidBytes,
    tell: (word: WordToProgram) => tellIt(word),
    /** The text of the nth piece of output. */
    async said(nth: number): Promise<string> {
      await until(() => outputs().length >= nth)
      return text(outputs()[nth - 1]?.bytes)
    },
    awaits: (what: 'input' | 'room', nth = 1) =>
      until(() => words.filter((word) => word.kind === 'awaiting' && word.for === what).length >= nth),
    takeAll() {
      takesAll = true
      tellIt({ kind: 'taken', bytes: mostUntakenBytes * 2 })
    },
  }
}
