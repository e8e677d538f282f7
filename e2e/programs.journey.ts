import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { bundleJobWorker } from '../scripts/worker-plugin.ts'
import { kindOf } from '../src/activity/runtime-kind.ts'
import { pageBytes } from '../src/activity/task.ts'
import { testKit } from '../src/adapters/workers/kits.fixture.ts'
import { nodeRuntime } from '../src/adapters/workers/node.ts'
import type { TaskRequest } from '../src/sdk/api.ts'
import { journeys, type Tab } from './harness.ts'
import { donate, meet, submit, summaryOf } from './jobs.ts'

const it = journeys()

const memoryMb = 512
const outputBytes = 1_000_000
const limits = { timeoutMs: 60_000, memoryMb, outputBytes }
const script = `
  const found = []
  for (let n = 2; found.length < 300; n++) if (found.every((prime) => n % prime)) found.push(n)
  print(args.join(), JSON.stringify(found), Math.sqrt(2), 2n ** 200n)`
const source = 'export function twice(value) { const doubled = value * 2; return doubled }\n'

type Program = {
  readonly name: string
  readonly file: string
  readonly task: TaskRequest
  /** What comes out, known without the program. */
  readonly check: (stdout: Uint8Array) => void
  /** Whether it asks for the time or for chance, and goes another way each time. */
  readonly isFickle?: boolean
}

const programs: readonly Program[] = [
  {
    name: 'search, of C',
    file: 'search.wasm',
    task: { args: ['--', 'whale', 'a chapter', '0'], stdin: 'a fish\nthe whale\nno\nwhales\n' },
    check: (stdout) => expect(textOf(stdout)).toBe('7\tthe whale\n20\twhales\n'),
  },
  {
    name: 'words, of C',
    file: 'words.wasm',
    task: { args: ['a chapter'], stdin: 'to be or not to be' },
    check: (stdout) => expect(textOf(stdout)).toContain('be\t2\nnot\t1\nor\t1\nto\t2\n'),
  },
  {
    name: 'picture, of C with floats',
    file: 'picture.wasm',
    task: { args: 'glasshouse 48 27 0 0 20 20 4 1'.split(' ') },
    check: (stdout) => expect(stdout.length).toBe(20 * 20 * 4),
  },
  {
    name: 'QuickJS',
    file: 'javascript.wasm',
    task: { args: ['one', 'two'], stdin: script },
    check(stdout) {
      const lines: string[] = []
      new Function('print', 'args', script)((...values: unknown[]) => lines.push(values.join(' ')), ['one', 'two'])
      expect(textOf(stdout)).toBe(`${lines.join('')}\n`)
    },
  },
  {
    name: 'esbuild, of Go',
    file: 'esbuild.wasm',
    task: { args: ['--minify', '--loader=js'], stdin: source },
    check(stdout) {
      const small = textOf(stdout)
      expect(small.length).toBeLessThan(source.length)
      const twice = new Function(`${small.replace('export', '')}; return twice`)() as (value: number) => number
      expect(twice(21)).toBe(42)
    },
    isFickle: true,
  },
  {
    name: 'a component, of C',
    file: 'bench-document.wasm',
    task: { stdin: 'three 3\nfour 4.5\n' },
    check: (stdout) =>
      expect(textOf(stdout)).toMatch(/^four 4\.5\nthree 3\n2 lines, 7\.500 in all, Thursday 01 January 1970, /),
  },
]

it('programs of many kinds compute and cost in a page what they do in Node', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([meet(provider), meet(buyer)])
  await donate(provider)
  await buyer.until((mesh) => mesh.market.offers().length === 1)

  for (const { name, file, task, check, isFickle } of programs) {
    const job = await submit(buyer, { name, module: `/jobs/${file}`, tasks: [task, task], limits })
    const told = await costsOf(buyer, job)
    expect(await summaryOf(buyer, job), name).toMatchObject({ completed: 2, failed: 0 })
    const here = await inNode(file, task)
    check(here.stdout)
    for (const { stdout, fuel } of told) {
      expect(Uint8Array.from(stdout), name).toEqual(here.stdout)
      if (!isFickle) expect(fuel, name).toBe(String(here.usage.fuel))
    }
    expect(told, name).toHaveLength(2)
  }
})

const textOf = (stdout: Uint8Array): string => new TextDecoder().decode(stdout)

/** The same task in a thread of this process, without a network. */
async function inNode(file: string, task: TaskRequest) {
  const bytes = new Uint8Array(await readFile(new URL(`../dist/jobs/${file}`, import.meta.url)))
  const kind = kindOf(bytes)
  if (!kind.ok) throw new Error(kind.code)
  const { script } = await bundleJobWorker()
  const runtime = nodeRuntime({ script, kit: testKit, threads: 1, share: 1 })
  try {
    const taskLimits = { memoryPages: (memoryMb * 1_048_576) / pageBytes, timeoutMs: limits.timeoutMs, outputBytes }
    const deployed = await runtime.deploy({ cid: file, bytes, runtime: kind.value }, taskLimits)
    if (!deployed.ok) throw new Error(deployed.code)
    const stdin = new TextEncoder().encode(task.stdin as string | undefined)
    return await runtime.run(deployed.value, { args: task.args ?? [], env: {}, stdin, files: {} })
  } finally {
    await runtime.stop()
  }
}

function costsOf(tab: Tab, job: string): Promise<{ stdout: number[]; fuel: string }[]> {
  return tab.mesh(async (mesh, job) => {
    const told: { stdout: number[]; fuel: string }[] = []
    for await (const one of mesh.job(job)?.results() ?? [])
      told.push({ stdout: [...one.stdout], fuel: String(one.fuel) })
    return told
  }, job)
}
