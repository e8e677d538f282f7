import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aGraph, aStage } from '../activity/workflow.examples.ts'
import type { StageInput, StageSpec } from '../activity/workflow-messages.ts'
import type { TaskRequest } from './api.ts'
import { SourceEnded } from './source-ended.ts'
import { byLines, type Sources, tasksOf } from './stage-source.ts'
import { linesOf, valuesIn } from './stage-values.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (content: Uint8Array | string | undefined): string => new TextDecoder().decode(content as Uint8Array)

/** A book, and a stage before that brought these outputs. */
const sources = (outputs: readonly string[], book = 'a\nb\nc\nd\ne\n'): Sources => ({
  file: async () => bytes(book),
  async *results() {
    for (const [index, output] of outputs.entries())
      yield {
        index,
        result: {
          index,
          status: 'ok',
          exitCode: 0,
          stdout: bytes(output),
          stderr: bytes(''),
          files: { 'out.txt': bytes(`file of ${output}`) },
          durationUs: 1,
          provider: 'somebody',
        },
      }
  },
})
const brought = (told: Partial<StageInput> = {}): StageInput => ({
  from: 'stage',
  name: 'before',
  output: 'stdout',
  into: 'stdin',
  ...told,
})
const book = (told: Partial<StageInput> = {}): StageInput => brought({ from: 'job', name: 'book', ...told })

async function tasks(stage: Partial<StageSpec>, from: Sources): Promise<TaskRequest[]> {
  const spec = aStage('this', [], stage)
  const all: TaskRequest[] = []
  for await (const task of tasksOf(spec, aGraph([aStage('before'), spec]), from)) all.push(task)
  return all
}
const stdins = (all: readonly TaskRequest[]): string[] => all.map(({ stdin }) => text(stdin))
const filesOf = (all: readonly TaskRequest[]) =>
  all.map(({ files = {} }) => Object.fromEntries(Object.entries(files).map(([path, content]) => [path, text(content)])))

describe('the tasks of a stage', () => {
  it('[WF8] are one for a single, one for each item of a map, and one for so many of a reduce', async () => {
    const five = sources(['1', '2', '3', '4', '5'])
    expect(stdins(await tasks({ inputs: [brought()] }, five))).toEqual(['12345'])
    expect(stdins(await tasks({ kind: 'map', inputs: [brought()] }, five))).toEqual(['1', '2', '3', '4', '5'])
    expect(stdins(await tasks({ kind: 'reduce', inputs: [brought()] }, five))).toEqual(['12345'])
    expect(stdins(await tasks({ kind: 'reduce', fanIn: 2, inputs: [brought()] }, five))).toEqual(['12', '34', '5'])
    expect(stdins(await tasks({ kind: 'map', inputs: [book({ linesEach: 2 })] }, five))).toEqual([
      'a\nb\n',
      'c\nd\n',
      'e\n',
    ])
  })

  it('[WF8] of nothing are none for a map, and one for a reduce', async () => {
    expect(await tasks({ kind: 'map', inputs: [brought()] }, sources([]))).toEqual([])
    expect(stdins(await tasks({ kind: 'reduce', fanIn: 2, inputs: [brought()] }, sources([])))).toEqual([''])
    expect(await tasks({ inputs: [] }, sources([]))).toHaveLength(1)
  })

  it('[WF8] have their other inputs whole, and in a folder a file for each item', async () => {
    const inputs = [brought({ into: 'in/' }), book({ into: 'book.txt' })]
    const two = sources(['1', '2'], 'all of it')
    expect(filesOf(await tasks({ kind: 'map', inputs }, two))).toEqual([
      { 'book.txt': 'all of it', 'in/0000000': '1' },
      { 'book.txt': 'all of it', 'in/0000001': '2' },
    ])
    expect(
      filesOf(await tasks({ kind: 'reduce', inputs: [brought({ into: 'in/', output: 'out.txt' })] }, two)),
    ).toEqual([{ 'in/0000000': 'file of 1', 'in/0000001': 'file of 2' }])
  })

  it('end with a code where an output is missing, or more is asked for than a task may have', async () => {
    const missing = tasks({ inputs: [brought({ output: 'none.txt' })] }, sources(['1']))
    await expect(missing).rejects.toMatchObject({ refusal: { code: 'output-missing', facts: { stage: 'before' } } })
    const large = sources(Array.from({ length: 3 }, () => 'x'.repeat(3_000_000)))
    await expect(tasks({ inputs: [brought()] }, large)).rejects.toBeInstanceOf(SourceEnded)
    expect(await tasks({ kind: 'reduce', fanIn: 2, inputs: [brought()] }, large)).toHaveLength(2)
  })
})

describe('pieces of lines', () => {
  it('[WF8] are the whole again, each but the last with so many lines', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', '\n', 'bc'), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        (all, n) => {
          const whole = all.join('')
          const pieces = [...byLines(bytes(whole), n)].map(text)
          expect(pieces.join('')).toBe(whole)
          for (const piece of pieces.slice(0, -1)) expect(piece.split('\n')).toHaveLength(n + 1)
          expect(pieces.every((piece) => piece !== '' && piece.split('\n').length <= n + 1)).toBe(true)
        },
      ),
    )
  })
})

describe('[WF9] the values that a text names', () => {
  it('stand in its lines, in the spelling of results or as decimal numbers', () => {
    const named = (text: string) => valuesIn(new TextEncoder().encode(text), 'stage')
    expect(named('1.5\r\n\n  -0\nNaN\n12n\ntrue\n"a b"\n+1.50\n1e3')).toEqual([
      1.5,
      -0,
      Number.NaN,
      12n,
      true,
      'a b',
      1.5,
      1_000,
    ])
    expect(named('')).toEqual([])
    for (const wrong of ['one', '1 2', '1,5', '0x10', "'a'", '1_000', '"a'])
      expect(() => named(`1\n${wrong}\n`), wrong).toThrow(SourceEnded)
    expect(named(new TextDecoder().decode(linesOf(['1', '12n', '"a\\n"'])))).toEqual([1, 12n, 'a\n'])
  })
})
