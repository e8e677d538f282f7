import { describe, expect, it } from 'vitest'
import type { Command, CommandResult } from '../activity/script.ts'
import { nameOfFile } from '../content/manifest.ts'
import { verifyCommands } from './script-results.ts'
import { resultTold, signatureOf } from './script-told.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const script: readonly Command[] = [
  { type: 'deploy' },
  { type: 'start' },
  { type: 'run', args: ['a'] },
  { type: 'transfer', from: 'file:a', to: 'content:' },
  { type: 'sign' },
]
const content = bytes('kept')
const plain = (index: number): CommandResult => ({
  index,
  type: script[index]?.type ?? 'run',
  status: 'ok',
  exitCode: 0,
  stdout: bytes(''),
  stderr: bytes(''),
  durationUs: 1,
  fuel: 0n,
  message: '',
})
const put = { ...plain(3), content, message: nameOfFile(content) as string }
const signed = (before: readonly CommandResult[]): CommandResult => ({
  ...plain(4),
  message: signatureOf(before.map(resultTold)),
})
const done = [plain(0), plain(1), plain(2), put]
const all = [...done, signed(done)]
const told = (commands: readonly CommandResult[] | undefined, status: 'ok' | 'failed' = 'ok') =>
  verifyCommands({ index: 7, status, commands }, script)
const changed = (at: number, to: Partial<CommandResult>) => all.map((one, i) => (i === at ? { ...one, ...to } : one))

describe('results of commands', () => {
  it('[VF5] are those of the script, whole or up to the command that failed', () => {
    expect(told(all).ok).toBe(true)
    expect(told([plain(0), plain(1), { ...plain(2), status: 'failed' }], 'failed').ok).toBe(true)
    expect(told(undefined, 'failed').ok).toBe(true)
    expect(verifyCommands({ index: 0, status: 'ok' }, undefined).ok).toBe(true)
    expect(verifyCommands({ index: 0, status: 'ok', commands: [] }, []).ok).toBe(true)
  })

  it.each<[string, readonly CommandResult[], number]>([
    ['content that is not what its CID names', changed(3, { content: bytes('lie!') }), 3],
    ['a CID of other content', changed(3, { message: nameOfFile(bytes('lie!')) }), 3],
    ['a CID without its content', changed(3, { content: undefined }), 3],
    ['content of a command that puts none', changed(2, { content }), 2],
    ['a digest of other results', changed(4, { message: signatureOf([]) }), 4],
    ['another command', changed(2, { type: 'sign' }), 2],
    ['another place', changed(1, { index: 2 }), 1],
    ['a failure in the middle of what went well', changed(2, { status: 'failed' }), 2],
  ])('[VF5] are refused with %s', (_, commands, command) => {
    expect(told(commands)).toMatchObject({ code: 'commands-differ', facts: { index: 7, command } })
  })

  it('[VF5] are as many as there are commands, and belong to a script', () => {
    const refused = { code: 'commands-differ', facts: { index: 7 } }
    expect(told(all.slice(0, -1))).toMatchObject(refused)
    expect(told([...all, plain(5)], 'failed')).toMatchObject(refused)
    expect(told([], 'failed')).toMatchObject(refused)
    expect(told(undefined)).toMatchObject(refused)
    expect(told(all, 'failed')).toMatchObject({ facts: { command: 4 } })
    expect(verifyCommands({ index: 7, status: 'ok', commands: all }, undefined)).toMatchObject(refused)
  })
})
