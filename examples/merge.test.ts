import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { built, bytesOf, publicPath, runTask, textOf } from './run-task.fixture.ts'
import { piecesOf } from './tasks.ts'

const novel = readFileSync(publicPath('jobs/corpus/moby-dick.txt'))

describe('merge', () => {
  const [words, merge] = [built('words'), built('merge')]
  const table = (task: { args: string[]; stdin: Uint8Array }, module = merge) => runTask(module, task).stdout
  const pieces = piecesOf(novel, 50_000).map(({ offset, sizeBytes }) => novel.subarray(offset, offset + sizeBytes))

  test('tables of the pieces, added up in any grouping, are the table of the whole', () => {
    const counted = pieces.map((stdin) => Buffer.from(table({ args: [], stdin }, words)))
    const whole = table({ args: [], stdin: novel }, words)
    const half = counted.length / 2
    const halves = [counted.slice(0, half), counted.slice(half)].map((some) =>
      Buffer.from(table({ args: [], stdin: Buffer.concat(some) })),
    )
    for (const parts of [counted, halves])
      expect(textOf(table({ args: [], stdin: Buffer.concat(parts) }))).toBe(textOf(whole))
    const first = textOf(table({ args: ['2'], stdin: Buffer.concat(halves) })).split('\n')
    expect(first.slice(4)).toEqual(['the\t14430', 'of\t6607', ''])
  })

  test('what is no table is refused, and no table at all is an empty one', () => {
    const empty = '=bytes\t0\n=lines\t0\n=words\t0\n=distinct\t0\n'
    expect(textOf(table({ args: [], stdin: bytesOf('') }))).toBe(empty)
    for (const stdin of ['no number\n', 'a\tmany\n', 'a\t1', '\t1\n'])
      expect(runTask(merge, { args: [], stdin: bytesOf(stdin) }).exitCode).toBe(2)
    expect(runTask(merge, { args: ['0'], stdin: bytesOf('') }).exitCode).toBe(2)
  })
})
