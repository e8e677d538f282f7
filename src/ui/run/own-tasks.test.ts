import { describe, expect, it } from 'vitest'
import { ownTaskCount, ownTasks } from './own-tasks.ts'
import { splitArguments } from './own-words.ts'

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
const file = (name: string, text: string): File => new File([text], name)

describe('the tasks of an own program', () => {
  it('splits a line as a shell would', () => {
    expect(splitArguments(`  one "two words"  'three\\ words' fo\\ ur a"b"c "" `)).toEqual([
      'one',
      'two words',
      'three\\ words',
      'fo ur',
      'abc',
      '',
    ])
    expect(splitArguments('')).toEqual([])
  })

  it('gives every line its task, after the arguments that all share', async () => {
    const program = { args: '--fast\n\n', files: [], tasks: { kind: 'lines', text: 'a 1\n\n b 2\n' } } as const
    expect(ownTaskCount(program)).toBe(2)
    expect((await all(ownTasks(program))).map(({ args }) => args)).toEqual([
      ['--fast', 'a', '1'],
      ['--fast', 'b', '2'],
    ])
  })

  it('gives a script one task, with the arguments that all share before those of its start', async () => {
    const program = {
      args: '-v',
      files: [file('a', 'A')],
      tasks: { kind: 'script', text: 'deploy\nstart b\nrun c' },
    } as const
    expect(ownTaskCount(program)).toBe(1)
    const [task] = await all(ownTasks(program))
    expect(task?.script).toEqual([
      { type: 'deploy' },
      { type: 'start', args: ['-v', 'b'] },
      { type: 'run', args: ['c'] },
    ])
    expect([task?.args, Object.keys(task?.files ?? {})]).toEqual([undefined, ['a']])
  })

  it('gives every file its task, as standard input or under its name', async () => {
    const files = [file('a.txt', 'A'), file('b.txt', 'B')]
    const shared = [file('words.txt', 'W')]
    const asInput = await all(ownTasks({ args: '', files: shared, tasks: { kind: 'files', files, as: 'stdin' } }))
    expect(asInput.map(({ stdin }) => new TextDecoder().decode(stdin as Uint8Array))).toEqual(['A', 'B'])
    const named = await all(ownTasks({ args: '-v', files: shared, tasks: { kind: 'files', files, as: 'file' } }))
    expect(named.map(({ args, files: own }) => [args, Object.keys(own ?? {})])).toEqual([
      [
        ['-v', 'a.txt'],
        ['words.txt', 'a.txt'],
      ],
      [
        ['-v', 'b.txt'],
        ['words.txt', 'b.txt'],
      ],
    ])
  })
})
