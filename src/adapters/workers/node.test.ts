import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundleJobWorker } from '../../../scripts/worker-plugin.ts'
import { samples } from '../../activity/module-samples.ts'
import { arrivingStories } from './arriving.contract.ts'
import { componentStories } from './component.contract.ts'
import { hostStories } from './host.contract.ts'
import { testKit } from './kits.fixture.ts'
import { liveStories } from './live.contract.ts'
import { nodeRuntime } from './node.ts'
import { runtimeStories } from './runtime.contract.ts'

let script = ''
let probe: Uint8Array = new Uint8Array(0)
let component: Uint8Array = new Uint8Array(0)
let world: Uint8Array = new Uint8Array(0)
let talker: Uint8Array = new Uint8Array(0)
let lines: Uint8Array = new Uint8Array(0)

beforeAll(async () => {
  script = (await bundleJobWorker()).script
  const read = (path: string) => readFile(new URL(path, import.meta.url))
  probe = await read('./fixtures/probe.wasm')
  component = await read('./fixtures/probe.component.wasm')
  world = await read('./fixtures/world.wasm')
  talker = await read('./fixtures/talker.wasm')
  lines = await read('../../../public/jobs/lines.wasm')
})

describe('the Node runtime', () => {
  const wait = (durationMs: number) => new Promise<void>((resolve) => setTimeout(resolve, durationMs))
  it.each([...runtimeStories, ...arrivingStories, ...componentStories, ...hostStories, ...liveStories])(
    '$name',
    ({ tell }) =>
      tell({
        open: (options) => nodeRuntime({ script, kit: testKit, ...options }),
        ...{ probe, component, world, talker, lines, wait },
      }),
  )

  it('runs a real program that nobody here wrote: esbuild minifies a file', async () => {
    const runtime = nodeRuntime({ script, cores: 1 })
    const bytes = await readFile(new URL('../../../node_modules/@esbuild/wasi-preview1/esbuild.wasm', import.meta.url))
    const limits = { memoryPages: 8_192, timeoutMs: 15_000, outputBytes: 100_000 }
    const deployed = await runtime.deploy({ cid: 'esbuild', bytes, runtime: 'wasi-p1' }, limits)
    if (!deployed.ok) throw new Error(deployed.code)
    const source = new TextEncoder().encode(
      'function greet(name) { return "Hello " + name }\nconsole.log(greet("you"))',
    )
    const args = ['in/greet.js', '--minify', '--outfile=/out/greet.js', '--log-level=error']
    const outcome = await runtime.run(deployed.value, {
      args,
      env: {},
      stdin: new Uint8Array(0),
      files: { 'in/greet.js': source },
    })
    const [[path, minified] = []] = Object.entries(outcome.files)
    expect([outcome.status, path]).toEqual(['ok', 'out/greet.js'])
    expect(new TextDecoder().decode(minified)).toMatch(
      /^function greet\(\w\)\{return"Hello "\+\w\}console\.log\(greet\("you"\)\);\n$/,
    )
    await runtime.stop()
  })

  it('says that no worker starts, instead of trying for ever', async () => {
    const runtime = nodeRuntime({ script: 'throw new Error("broken on purpose")', cores: 1 })
    const limits = { memoryPages: 1, timeoutMs: 1_000, outputBytes: 1 }
    const deployed = await runtime.deploy({ cid: 'empty', bytes: samples.empty, runtime: 'wasi-p1' }, limits)
    expect(deployed).toMatchObject({ ok: false, code: 'start-failed', facts: { reason: 'broken on purpose' } })
    const program = { bytes: samples.empty, hasStart: false, stackUnits: 0, runtime: 'wasi-p1' }
    const deployment = { key: 'empty', cid: 'empty', limits, program }
    const outcome = await runtime.run(deployment, { args: [], env: {}, stdin: new Uint8Array(0), files: {} })
    expect(outcome.error?.code).toBe('start-failed')
    await runtime.stop()
  })
})
