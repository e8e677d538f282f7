import { describe, expect, it } from 'vitest'
import type { Command, CommandResult } from '../activity/script.ts'
import { inputHash, outputHash } from './merkle.ts'
import { resultTold, signatureOf } from './script-told.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const none = bytes('')
const done: CommandResult = {
  index: 0,
  type: 'run',
  status: 'ok',
  exitCode: 0,
  stdout: bytes('out'),
  stderr: none,
  durationUs: 5,
  fuel: 7n,
  message: 'said',
}
const input = { args: [], env: {}, stdin: none, files: {} }
const output = { stdout: none, stderr: none, files: {} }
const script: readonly Command[] = [{ type: 'deploy' }, { type: 'start' }, { type: 'run', stdin: bytes('a') }]

describe('a script, as it is hashed', () => {
  it('[MK6] is in the input of its task, with every input of its own', () => {
    const of = (commands: readonly Command[]) => inputHash({ ...input, script: commands })
    expect(of(script)).toEqual(of([...script.slice(0, 2), { type: 'run', args: undefined, stdin: bytes('a') }]))
    expect(of(script)).not.toEqual(inputHash(input))
    expect(of(script)).not.toEqual(of([...script.slice(0, 2), { type: 'run', stdin: bytes('b') }]))
    expect(of(script)).not.toEqual(of([...script.slice(0, 2), { type: 'run', args: [], stdin: bytes('a') }]))
  })

  it('[MK6] has its results in the output, each of them, and what may differ from run to run not', () => {
    const of = (...commands: CommandResult[]) => outputHash({ ...output, commands })
    const failed: CommandResult = {
      ...done,
      status: 'failed',
      exitCode: -1,
      message: 'trapped: in the words of one engine',
    }
    expect(of(done)).toEqual(of({ ...done, durationUs: 9 }))
    expect(of(failed)).toEqual(of({ ...failed, exitCode: 2 ** 32, message: 'trapped: in other words' }))
    expect(of()).not.toEqual(outputHash(output))
    const others: Partial<CommandResult>[] = [
      { index: 1 },
      { status: 'failed' },
      { exitCode: 1 },
      { stdout: none },
      { stderr: bytes('x') },
      { fuel: 8n },
      { message: 'other' },
      { values: ['1'] },
      { content: none },
    ]
    for (const other of others)
      expect(of(done), JSON.stringify(Object.keys(other))).not.toEqual(of({ ...done, ...other }))
  })

  it('[MK6] is signed by all results before, in 64 hexadecimal digits', () => {
    const of = (...results: CommandResult[]) => signatureOf(results.map(resultTold))
    expect(of(done)).toMatch(/^[0-9a-f]{64}$/)
    expect(of(done)).toBe(of({ ...done, durationUs: 1 }))
    expect(of(done)).not.toBe(of(done, { ...done, index: 1 }))
  })
})
