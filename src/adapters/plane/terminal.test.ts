import { describe, expect, it } from 'vitest'
import type { FrameOf } from '../../activity/frames.ts'
import { mostTypedBytes, mostUnreadBytes, type ProgramWord, type WordToProgram } from '../../activity/live.ts'
import type { TaskInput } from '../../activity/task.ts'
import { aCid } from '../../market/market.examples.ts'
import type { Cid } from '../../wire/cid.ts'
import { createProviderTerminal } from './provider-terminal.ts'
import { createRequestorTerminals, type TerminalLine } from './requestor-terminal.ts'

const job = aCid('job')
const [activity, another] = [aCid('activity'), aCid('another')]
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (given: Uint8Array | undefined): string => new TextDecoder().decode(given)
const aTask = (stdin = ''): TaskInput => ({ args: [], env: {}, stdin: bytes(stdin), files: {} })

/** A provider's end: its program is played by hand, and what it says to the requestor is kept. */
function aProvider(stdin = '', start = 0) {
  const said: (FrameOf<'output'> | FrameOf<'awaiting'>)[] = []
  const told: WordToProgram[] = []
  const task = { index: 0, stdin: bytes(stdin) }
  const terminal = createProviderTerminal(task, {
    kind: 'terminal',
    start,
    now: () => 0,
    say: (frame) => said.push(frame),
  })
  terminal.live.begun((word) => told.push(word))
  const writes = (written: string, readBytes = 0, stream: 'stdout' | 'stderr' = 'stdout') =>
    terminal.live.heard({ kind: 'output', stream, bytes: bytes(written), readBytes })
  const waits = (readBytes = 0, why: 'input' | 'nothing' = 'input') =>
    terminal.live.heard({ kind: 'awaiting', for: why, readBytes, memoryBytes: 1, fuel: 1n } satisfies ProgramWord)
  const given = (sequence: number, typed: string, isFinal = false) =>
    terminal.given({ type: 'input', index: 0, start, sequence, bytes: bytes(typed), isFinal })
  const credited = (sequence: number) => terminal.credited({ type: 'credit', index: 0, start, sequence })
  const output = () => said.flatMap((frame) => (frame.type === 'output' ? [[frame.sequence, text(frame.bytes)]] : []))
  const typed = () => told.flatMap((word) => (word.kind === 'input' ? [text(word.bytes)] : []))
  return { terminal, said, told, writes, waits, given, credited, output, typed }
}

describe('a terminal at its provider', () => {
  it('[TE2] sends nothing before the requestor said what it has', () => {
    const { terminal, writes, credited, output, said } = aProvider()
    terminal.hello()
    writes('hello')
    expect([said.map(({ type }) => type), output()]).toEqual([['awaiting'], []])
    credited(0)
    expect(output()).toEqual([[0, 'hello']])
  })

  it('[TE1] says again after a broken stream what the requestor lacks, and to one that lost everything all of it', () => {
    const { terminal, writes, credited, output, said, told } = aProvider()
    terminal.hello()
    credited(0)
    writes('one')
    writes('two')
    credited(3)
    said.length = 0
    terminal.hello()
    credited(3)
    expect(output()).toEqual([[3, 'two']])
    said.length = 0
    terminal.hello()
    credited(0)
    expect(output()).toEqual([
      [0, 'one'],
      [3, 'two'],
    ])
    // The program was told once that its output is taken, however often it was said again.
    expect(told).toEqual([{ kind: 'taken', bytes: 3 }])
  })

  it('sends a window ahead, and the rest as it is taken', () => {
    const { terminal, writes, credited, output } = aProvider()
    terminal.hello()
    credited(0)
    writes('x'.repeat(300_000))
    const sent = () => output().reduce((sum, [, written]) => sum + String(written).length, 0)
    expect(sent()).toBe(262_144)
    credited(65_536)
    expect(sent()).toBe(300_000)
  })

  it('[TE1] takes input at its place, once, and asks again where some is missing', () => {
    const { terminal, given, typed, said } = aProvider('brought ')
    terminal.hello()
    given(8, 'one ')
    given(8, 'one ')
    given(10, 'e two')
    given(40, 'lost')
    expect(typed()).toEqual(['one ', 'two'])
    expect(said.at(-1)).toMatchObject({ type: 'awaiting', received: 15 })
    given(15, '', true)
    given(15, 'more')
    expect(typed()).toEqual(['one ', 'two', ''])
    expect(text(terminal.read(9))).toBe('brought o')
  })

  it('[TE3] refuses a flood: more than a program may have unread', () => {
    const { given, waits } = aProvider()
    expect(given(0, 'x'.repeat(mostUnreadBytes))).toBe('taken')
    expect(given(mostUnreadBytes, 'x')).toBe('input-over-window')
    waits(1)
    expect(given(mostUnreadBytes, 'x')).toBe('taken')
  })

  it('gives a program what came before it had a worker', () => {
    const task = { index: 0, stdin: bytes('') }
    const terminal = createProviderTerminal(task, { kind: 'terminal', start: 0, now: () => 0, say: () => {} })
    terminal.given({ type: 'input', index: 0, start: 0, sequence: 0, bytes: bytes('early'), isFinal: true })
    const told: WordToProgram[] = []
    terminal.live.begun((word) => told.push(word))
    expect(told).toEqual([{ kind: 'input', bytes: bytes('early'), isFinal: true }])
  })
})

/** A requestor's end: its provider is played by hand, and its disk is a variable. */
function aRequestor(stdin = '', disk: { fails?: boolean } = {}, task: TaskInput = aTask(stdin)) {
  const stored = { task }
  const terminals = createRequestorTerminals({
    stored: async (_, index) => (index === 0 ? stored.task : undefined),
    store: async (_, __, grown) => {
      if (disk.fails) throw new Error('full')
      stored.task = { ...stored.task, ...grown }
    },
    mostOutputBytes: () => 1_000,
    changed: () => {},
  })
  const lineOf = (of: Cid = activity) => {
    const sent: (FrameOf<'input'> | FrameOf<'credit'>)[] = []
    const line: TerminalLine = { activity: of, send: (frame) => void sent.push(frame) }
    const awaiting = (received: number, told: Partial<FrameOf<'awaiting'>> = {}) =>
      terminals.awaiting(job, line, {
        type: 'awaiting',
        index: 0,
        start: 0,
        received,
        readBytes: 0,
        written: 0,
        isAwaiting: true,
        ...told,
      })
    const output = (sequence: number, written: string, told: Partial<FrameOf<'output'>> = {}) =>
      terminals.output(job, line, {
        type: 'output',
        index: 0,
        start: 0,
        sequence,
        stream: 'stdout',
        bytes: bytes(written),
        readBytes: 0,
        ...told,
      })
    const inputs = () =>
      sent.flatMap((one) => (one.type === 'input' ? [[one.sequence, text(one.bytes), one.isFinal]] : []))
    return { line, sent, awaiting, output, inputs }
  }
  const write = (typed: string) => terminals.give(job, 0, bytes(typed))
  const view = () => terminals.view(job, 0)
  const written = () => (view()?.pieces ?? []).map((piece) => text(piece.bytes)).join('|')
  return { terminals, stored, lineOf, write, view, written }
}

describe('a terminal at its requestor', () => {
  it('[TE4] stores what is typed before it is sent, and sends what the provider lacks', async () => {
    const { lineOf, write, stored, terminals } = aRequestor('brought ')
    await write('early ')
    const { awaiting, inputs } = lineOf()
    await awaiting(8)
    await write('late')
    await terminals.end(job, 0)
    expect(text(stored.task.stdin)).toBe('brought early late')
    expect(inputs()).toEqual([
      [8, 'early ', false],
      [14, 'late', false],
      [18, '', true],
    ])
    const next = lineOf()
    await next.awaiting(14)
    expect(next.inputs()).toEqual([
      [14, 'late', false],
      [18, '', true],
    ])
  })

  it('[TE4] stores the end of the input too, and says it to whoever runs the program after a reload', async () => {
    const before = aRequestor('all')
    expect(await before.terminals.end(job, 0)).toMatchObject({ ok: true })
    const after = aRequestor('', {}, before.stored.task)
    const { awaiting, inputs } = after.lineOf()
    await awaiting(0)
    expect(inputs()).toEqual([
      [0, 'all', false],
      [3, '', true],
    ])
    expect(await after.write('more')).toMatchObject({ code: 'input-ended' })
    const full = aRequestor('', { fails: true })
    expect(await full.terminals.end(job, 0)).toMatchObject({ code: 'disk-full' })
    expect(full.view()?.isInputEnded).toBe(false)
  })

  it('shows what a task wrote that ended before this tab was opened, and nothing instead of what is heard', async () => {
    const { terminals, view, written, lineOf } = aRequestor()
    const ended = { index: 3, stdin: bytes('typed '), stdout: bytes('out'), stderr: bytes('err') }
    terminals.recall(job, ended)
    expect(terminals.view(job, 3)).toMatchObject({ isOver: true, isAwaitingInput: false, readBytes: 6 })
    expect(terminals.view(job, 3)?.pieces.map((piece) => [piece.stream, text(piece.bytes), piece.readBytes])).toEqual([
      ['stdout', 'out', 6],
      ['stderr', 'err', 6],
    ])
    const { awaiting, output } = lineOf()
    await awaiting(0)
    output(0, 'live')
    terminals.recall(job, { ...ended, index: 0 })
    expect([written(), view()?.isOver]).toEqual(['live', false])
  })

  it('[TE3] sends no more than its program may have unread', async () => {
    const { lineOf, write } = aRequestor()
    const { awaiting, inputs } = lineOf()
    await awaiting(0)
    await write('x'.repeat(100_000))
    expect(inputs().map(([at, typed]) => [at, String(typed).length])).toEqual([[0, 65_536]])
    await awaiting(65_536, { readBytes: 65_536 })
    expect(inputs().map(([at, typed]) => [at, String(typed).length])).toEqual([
      [0, 65_536],
      [65_536, 34_464],
    ])
  })

  it('waits for somebody only while all that was typed has arrived', async () => {
    const { lineOf, write, view, terminals } = aRequestor()
    const { awaiting } = lineOf()
    await awaiting(0)
    expect([view()?.isAwaitingInput, terminals.awaitingCount(job)]).toEqual([true, 1])
    await write('typed')
    await awaiting(0)
    expect(view()?.isAwaitingInput).toBe(false)
    await awaiting(5, { readBytes: 5 })
    expect(view()?.isAwaitingInput).toBe(true)
  })

  it('waits for somebody only once all that was written is here', async () => {
    const { lineOf, view } = aRequestor()
    const { awaiting, output } = lineOf()
    await awaiting(0, { written: 2 })
    expect(view()?.isAwaitingInput).toBe(false)
    output(0, '> ')
    expect(view()?.isAwaitingInput).toBe(true)
  })

  it('[TE1] takes output at its place, once, and asks a new stream for what it lacks', async () => {
    const { lineOf, written } = aRequestor()
    const first = lineOf()
    await first.awaiting(0)
    first.output(0, 'one')
    first.output(0, 'one')
    expect(written()).toBe('one')
    const second = lineOf()
    await second.awaiting(0)
    expect(second.sent).toEqual([{ type: 'credit', index: 0, start: 0, sequence: 3 }])
    first.output(3, 'of a stream that is gone')
    second.output(3, ' two')
    expect(written()).toBe('one two')
  })

  it('begins its transcript anew with a new run, and hears the former no more', async () => {
    const { lineOf, written, view } = aRequestor()
    const first = lineOf()
    await first.awaiting(0)
    first.output(0, 'first')
    const second = lineOf(another)
    await second.awaiting(0)
    second.output(0, 'second')
    first.output(5, 'more')
    expect([written(), view()?.starts]).toEqual(['second', 2])
    await second.awaiting(0, { start: 1 })
    await second.awaiting(0, { start: 0 })
    second.output(0, 'third', { start: 1 })
    expect([written(), view()?.starts]).toEqual(['third', 3])
  })

  it('[TE5] does not believe a provider that has read what nobody typed, leaves a gap or writes beyond the limit', async () => {
    const { lineOf, write } = aRequestor()
    const { awaiting, output } = lineOf()
    await write('four')
    expect(await awaiting(5)).toBe('input-not-given')
    expect(await awaiting(2, { readBytes: 3 })).toBe('input-not-given')
    expect(await awaiting(4)).toBeUndefined()
    expect(output(0, 'x', { readBytes: 5 })).toBe('input-not-given')
    expect(output(1, 'x')).toBe('output-gap')
    expect(output(0, 'x'.repeat(1_001))).toBe('output-over-limit')
    expect(output(0, 'x', { index: 7 })).toBeUndefined()
  })

  it('keeps what was said a byte at a time together', async () => {
    const { lineOf, view } = aRequestor()
    const { awaiting, output } = lineOf()
    await awaiting(0)
    for (let at = 0; at < 500; at++) output(at, 'x')
    output(500, 'y', { stream: 'stderr' })
    expect(view()?.pieces.map((piece) => piece.bytes.length)).toEqual([500, 1])
  })

  it('refuses what cannot be typed, and says why', async () => {
    const { write, terminals } = aRequestor()
    expect(await terminals.give(job, 3, bytes('x'))).toMatchObject({ code: 'no-such-task' })
    expect(await write('x'.repeat(mostTypedBytes + 1))).toMatchObject({ code: 'input-too-long' })
    const full = aRequestor('', { fails: true })
    expect(await full.write('x')).toMatchObject({ code: 'disk-full' })
    await terminals.end(job, 0)
    expect(await write('x')).toMatchObject({ code: 'input-ended' })
  })

  it('has its whole output when its result is there, also what was not heard of it', async () => {
    const { terminals, lineOf, written, view, write } = aRequestor()
    const { awaiting, output } = lineOf()
    await awaiting(0)
    output(0, 'heard ')
    const rest = { status: 'ok', exitCode: 0, files: {}, durationUs: 1, memoryBytes: 1, fuel: 1n } as const
    terminals.over(job, { index: 0, stdout: bytes('heard and not'), stderr: bytes('!'), readBytes: 0, ...rest })
    expect([written(), view()?.isOver]).toEqual(['heard and not|!', true])
    expect(await write('x')).toMatchObject({ code: 'terminal-over' })
    expect(terminals.asRead(job, 0, aTask(), 1)).toBeUndefined()
  })
})
