import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { wasmtime, wasmtimeArguments } from './wasmtime.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const limits = { memoryPages: 16, timeoutMs: 1_000, outputBytes: 1_000 }
const input = {
  args: ['-W', 'two words'],
  env: { A: '1=2', B: '' },
  stdin: utf8('typed'),
  files: { 'in.txt': utf8('old'), 'deep/same.txt': utf8('same') },
}

let folder: string | undefined
afterEach(async () => {
  if (folder) await rm(folder, { recursive: true, force: true })
})

/** Something that is called like it, and does with its folder what a program would. */
async function standIn(script: string): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-stand-in-'))
  const path = join(folder, 'wasmtime')
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

describe('wasmtime beside us', () => {
  it('is given fuel, memory, one folder and the environment, and the arguments behind the program', () => {
    expect(wasmtimeArguments({ input, limits, fuel: 123n }, '/f')).toEqual([
      'run',
      '-W',
      'fuel=123',
      '-W',
      'max-memory-size=1048576',
      '--dir',
      '/f/root::/',
      '--env',
      'A=1=2',
      '--env',
      'B=',
      '/f/program',
      '-W',
      'two words',
    ])
  })

  it('says that it is not there where it is not', async () => {
    expect(await wasmtime('no-such-wasmtime').version()).toBeUndefined()
    const outcome = await wasmtime('no-such-wasmtime').run(new Uint8Array(0), { input, limits, fuel: 1n })
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'start-failed' } })
  })

  it('gives what came out, with the files that changed and no others', async () => {
    const root = 'root=$(echo "$7" | sed s/::.*//)'
    const own = await standIn(
      `${root}; echo new > $root/in.txt; echo made > $root/deep/out; ln -s /etc $root/link; cat; echo bad >&2; exit 3`,
    )
    const outcome = await wasmtime(own).run(new Uint8Array(0), { input, limits, fuel: 9n })
    expect(outcome).toMatchObject({ status: 'failed', exitCode: 3, usage: { fuel: 9n } })
    expect([text(outcome.stdout), text(outcome.stderr)]).toEqual(['typed', 'bad\n'])
    expect(Object.entries(outcome.files).map(([path, bytes]) => [path, text(bytes)])).toEqual([
      ['in.txt', 'new\n'],
      ['deep/out', 'made\n'],
    ])
    expect(await wasmtime(await standIn('echo wasmtime 1.2.3')).version()).toBe('wasmtime 1.2.3')
  })

  it('is ended where it writes without an end', async () => {
    const own = await standIn('while :; do echo more and more and more and more and more and more and more; done')
    const outcome = await wasmtime(own).run(new Uint8Array(0), { input, limits, fuel: 1n })
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'timed-out' } })
  })
})
