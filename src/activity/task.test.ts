import { describe, expect, it } from 'vitest'
import { checkInput, type TaskInput } from './task.ts'

const input = (part: Partial<TaskInput>): TaskInput => ({
  args: [],
  env: {},
  stdin: new Uint8Array(0),
  files: {},
  ...part,
})
const files = (...paths: string[]): TaskInput =>
  input({ files: Object.fromEntries(paths.map((path) => [path, new Uint8Array(0)])) })

describe('[TK1] what a task may be given', () => {
  it('lets ordinary inputs pass', () => {
    expect(checkInput(input({ args: ['-n', ''], env: { LANG: 'C', EMPTY: '' } })).ok).toBe(true)
    expect(checkInput(files('a', 'b/c', 'b/d/…e', '..hidden', '__proto__')).ok).toBe(true)
  })

  it.each(['/etc/passwd', '../up', 'a/../b', 'a//b', './a', 'a/', '', 'a\0b', 'a'.repeat(5_000)])(
    'refuses the path %j',
    (path) => expect(checkInput(files(path))).toMatchObject({ code: 'path-not-allowed' }),
  )

  it('refuses a file where a directory must be', () => {
    expect(checkInput(files('a', 'a/b'))).toMatchObject({ code: 'path-not-allowed', facts: { path: 'a/b' } })
  })

  it.each([
    ['too many', { args: Array.from({ length: 5_000 }, () => 'x') }, 'too-many-strings'],
    ['too long', { args: ['x'.repeat(200_000)] }, 'string-not-allowed'],
    [
      'too long together',
      { env: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`V${i}`, 'x'.repeat(20_000)])) },
      'string-not-allowed',
    ],
    ['with an end inside', { args: ['a\0b'] }, 'string-not-allowed'],
    ['named like an assignment', { env: { 'A=B': 'c' } }, 'string-not-allowed'],
  ] as const)('refuses strings that are %s', (_, part, code) => {
    expect(checkInput(input(part))).toMatchObject({ code })
  })

  const begin = [{ type: 'deploy' }, { type: 'start' }] as const
  it.each([
    ['with arguments beside it', { args: ['a'], script: begin }, 'script-beside-run'],
    ['with input beside it', { stdin: new Uint8Array(1), script: begin }, 'script-beside-run'],
    ['with a call beside it', { invoke: 'f', script: begin }, 'script-beside-run'],
    ['out of order', { script: [{ type: 'run' }] }, 'script-out-of-order'],
    [
      'that leaves the root',
      { script: [...begin, { type: 'transfer', from: 'file:/a', to: 'content:' }] },
      'path-not-allowed',
    ],
    ['with an end inside an argument', { script: [...begin, { type: 'run', args: ['a\0'] }] }, 'string-not-allowed'],
    ['with a value that is none', { script: [...begin, { type: 'run', params: ['one'] }] }, 'value-not-allowed'],
    [
      'with too many arguments together',
      {
        script: [...begin, ...Array.from({ length: 250 }, () => ({ type: 'run' as const, args: Array(20).fill('') }))],
      },
      'too-many-strings',
    ],
  ] as const)('[SR3] refuses a script %s', (_, part, code) => {
    expect(checkInput(input(part))).toMatchObject({ code })
    if (code === 'path-not-allowed' || code === 'value-not-allowed')
      expect(checkInput(input(part))).toMatchObject({ facts: { index: 2 } })
    expect(checkInput(input({ script: begin, files: { a: new Uint8Array(1) }, env: { A: 'b' } })).ok).toBe(true)
  })

  it('refuses more files than a tree should have', () => {
    expect(checkInput(files(...Array.from({ length: 5_000 }, (_, i) => `f${i}`)))).toMatchObject({
      code: 'too-many-files',
    })
  })
})
