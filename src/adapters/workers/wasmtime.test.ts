import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bundleJobWorker } from '../../../scripts/worker-plugin.ts'
import type { TaskInput } from '../../activity/task.ts'
import { nodeRuntime } from './node.ts'
import { wasmtimeArguments, wasmtimeCommand } from './wasmtime.ts'
import { wasmtimePackage } from './wasmtime-package.ts'

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
    expect(await wasmtimeCommand('no-such-wasmtime').version()).toBeUndefined()
    const ended = await wasmtimeCommand('no-such-wasmtime').run(new Uint8Array(0), { input, limits, fuel: 1n })
    expect(ended).toMatchObject({ ok: false, code: 'start-failed' })
  })

  it('gives what came out, with the files that changed and no others', async () => {
    const root = 'root=$(echo "$7" | sed s/::.*//)'
    const own = await standIn(
      `${root}; echo new > $root/in.txt; echo made > $root/deep/out; ln -s /etc $root/link; cat; echo bad >&2; exit 3`,
    )
    const ended = await wasmtimeCommand(own).run(new Uint8Array(0), { input, limits, fuel: 9n })
    if (!ended.ok) throw new Error(ended.code)
    const { exitCode, stdout, stderr, files, fuel } = ended.value
    expect([exitCode, text(stdout), text(stderr), fuel]).toEqual([3, 'typed', 'bad\n', undefined])
    expect(Object.entries(files).map(([path, bytes]) => [path, text(bytes)])).toEqual([
      ['in.txt', 'new\n'],
      ['deep/out', 'made\n'],
    ])
    expect(await wasmtimeCommand(await standIn('echo wasmtime 1.2.3')).version()).toBe('wasmtime 1.2.3')
  })

  it('is ended where it writes without an end', async () => {
    const own = await standIn('while :; do echo more and more and more and more and more and more and more; done')
    const ended = await wasmtimeCommand(own).run(new Uint8Array(0), { input, limits, fuel: 1n })
    expect(ended).toMatchObject({ ok: false, code: 'timed-out' })
  })

  it('does not tell of a trap from an exit code', async () => {
    const ended = await wasmtimeCommand(await standIn('exit 134')).run(new Uint8Array(0), { input, limits, fuel: 1n })
    expect(ended).toMatchObject({ ok: false, code: 'exit-code-not-told' })
  })
})

const engine = wasmtimePackage()
const isThere = (await engine.version()) !== undefined
if (!isThere) process.stdout.write('not compared with wasmtime: `pip install wasmtime` installs one\n')

describe.runIf(isThere)('the wasmtime of this machine', () => {
  let script = ''
  beforeAll(async () => {
    script = (await bundleJobWorker()).script
  })
  const readyMade = (name: string) =>
    readFile(fileURLToPath(new URL(`../../../public/jobs/${name}.wasm`, import.meta.url)))
  const task = (given: Partial<TaskInput>): TaskInput => ({
    args: [],
    env: {},
    stdin: new Uint8Array(0),
    files: {},
    ...given,
  })
  const wide = { memoryPages: 1_024, timeoutMs: 30_000, outputBytes: 1_000_000 }

  /** What both make of it: by our meter in this process's engine, and by its own. */
  async function both(bytes: Uint8Array, runtime: 'wasi-p1' | 'function', input: TaskInput) {
    const ours = nodeRuntime({ script, cores: 1 })
    const deployed = await ours.deploy({ cid: 'program', bytes, runtime }, wide)
    if (!deployed.ok) throw new Error(deployed.code)
    const { exitCode, stdout, stderr, files, values, usage } = await ours.run(deployed.value, structuredClone(input))
    await ours.stop()
    const theirs = await engine.run(bytes, { input, limits: wide, fuel: usage.fuel })
    if (!theirs.ok) throw new Error(theirs.code)
    const { fuel, ...ended } = theirs.value
    return {
      ours: { exitCode, stdout: text(stdout), stderr: text(stderr), files, values, fuel: usage.fuel },
      theirs: { ...ended, stdout: text(ended.stdout), stderr: text(ended.stderr), values: ended.values, fuel },
    }
  }

  it.each([
    ['search', task({ args: ['whale'], stdin: utf8('Call me Ishmael.\nThe whale, the whale!\n'.repeat(400)) })],
    ['words', task({ stdin: utf8('it was the best of times, it was the worst of times '.repeat(300)) })],
    ['javascript', task({ stdin: utf8('let s = 0; for (let i = 0; i < 1e4; i++) s += i; print(s, 0.1 + 0.2)') })],
    ['picture', task({ args: ['glasshouse', '48', '27', '0', '0', '20', '20', '4', '1'] })],
    ['guess', task({ args: ['nothing'] })],
  ])('[FU1] [FU2] comes to the same with %s, to the last unit of fuel', async (name, input) => {
    const { ours, theirs } = await both(await readyMade(name), 'wasi-p1', input)
    expect(ours.fuel).toBeGreaterThan(1_000n)
    expect(theirs).toEqual(ours)
  })

  const vectors = new URL('../../activity/metering/fuel-vectors/', import.meta.url)
  it.each([
    ['calls', 'fac', ['10']],
    ['numeric', 'floats', ['2.25']],
    ['numeric', 'bits', ['12345678901234n']],
    ['numeric', 'satconv', ['-3.7']],
    ['simd', 'dot', ['1000']],
    ['tables', 'grow', ['5']],
    ['start', 'n', []],
  ])('[FU1] comes to the same with the function %s.%s', async (name, invoke, params) => {
    const bytes = await readFile(new URL(`${name}.wasm`, vectors))
    const { ours, theirs } = await both(bytes, 'function', task({ invoke, params }))
    expect(ours.values).toHaveLength(1)
    expect(theirs).toEqual(ours)
  })

  it('[FU5] says of a trap that there was one, and not what it had used', async () => {
    const bytes = await readFile(new URL('calls.wasm', vectors))
    const { ours, theirs } = await both(bytes, 'function', task({ invoke: 'indirect', params: ['9', '5'] }))
    expect(theirs).toEqual({ ...ours, fuel: undefined })
    expect(ours.exitCode).toBe(-1)
  })
})
