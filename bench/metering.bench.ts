/**
 * Claim: a metered module takes at most 1.12 of the time of the plain one, by the geometric mean over seven programs, and at most 2.5 where a
 * program does nothing but call, in the worst of several ways; a module is metered at 20 MB a second. The profile of determinism is told apart.
 * A module of 20 MB that comes at 10 or 25 MB a second is ready after its last block in at most 0.7 of the time that it takes where nothing is
 * read ahead: fresh workers, and a line that leaves them the processor.
 */
import { readFile } from 'node:fs/promises'
import { budgetOf, meterExport, mostFuel } from '../src/activity/metering/budget.ts'
import { meterModule } from '../src/activity/metering/meter.ts'
import { bundle } from './bundle.ts'
import { callsAlone } from './calls.ts'
import { figureRow, interleaved, note, type Pairs, pairsAsked, quantile, ratioRow, repeated, tell } from './measure.ts'
import type { Work } from './metering.worker.ts'
import { openStage } from './stage.ts'

const vectors = new URL('../src/activity/metering/fuel-vectors/', import.meta.url)
const esbuild = new URL('../node_modules/@esbuild/wasi-preview1/esbuild.wasm', import.meta.url)
const source = Array.from(
  { length: 1_500 },
  (_, i) => `export function name${i}(value) { return value * ${i} + name${i}.length }`,
).join('\n')

type Program = {
  readonly name: string
  readonly file: URL | Uint8Array<ArrayBuffer>
  readonly work: { invoke: string; params: number[]; times: number } | { args: string[]; files: Record<string, string> }
}
const kernel = (name: string, param: number, { file = 'kernels.wasm', times = 1 } = {}): Program => ({
  name,
  file: new URL(file, vectors),
  work: { invoke: name, params: [param], times },
})
const programs: readonly Program[] = [
  kernel('sha', 60_000),
  kernel('nbody', 60_000),
  kernel('matmul', 2),
  kernel('collatz', 120_000),
  kernel('sort', 20),
  kernel('dot', 4_000, { file: 'simd.wasm', times: 2_000 }),
  {
    name: 'esbuild',
    file: esbuild,
    work: { args: ['--minify', 'in.js', '--outfile=out.js'], files: { 'in.js': source } },
  },
]
/** Some ten milliseconds each: a browser's clock counts tenths of one. */
const callOnly: readonly Program[] = [
  kernel('fib', 35),
  ...callsAlone.map(({ name, bytes, param }) => ({
    name,
    file: bytes,
    work: { invoke: 'run', params: [param], times: 1 },
  })),
]
/** A program is run so often before it counts: engines optimise what they have seen for a while. */
const warm = 3

const stage = await openStage()
try {
  const page = await stage.openBlank()
  await page.evaluate(startWorker, await bundle('metering.worker.ts'))
  const plainOf = await Promise.all(
    [...programs, ...callOnly].map(async ({ file }) =>
      file instanceof URL ? new Uint8Array(await readFile(file)) : file,
    ),
  )
  const measured: { name: string; metered: Pairs; deterministic: Pairs }[] = []
  for (const [at, { name, work }] of [...programs, ...callOnly].entries()) {
    const plain = plainOf[at]!
    const ids = { plain: 3 * at, metered: 3 * at + 1, deterministic: 3 * at + 2 }
    await give(ids.plain, plain, work, undefined)
    await give(ids.metered, plain, work, false)
    await give(ids.deterministic, plain, work, true)
    for (let i = 0; i < warm; i++) for (const id of Object.values(ids)) await again(id)
    const rounds = await repeated(
      pairsAsked(),
      async (): Promise<readonly [number, number, number]> => [
        await again(ids.metered),
        await again(ids.plain),
        await again(ids.deterministic),
      ],
    )
    const pairsOf = (column: 0 | 2): Pairs => ({
      ours: rounds.map((round) => round[column]!),
      bare: rounds.map((round) => round[1]!),
      ratios: rounds.map((round) => round[column]! / round[1]!),
    })
    const one = { name, metered: pairsOf(0), deterministic: pairsOf(2) }
    note(
      `${name} metered ${quantile(one.metered.ratios, 0.5).toFixed(3)}, deterministic ${quantile(one.deterministic.ratios, 0.5).toFixed(3)}`,
    )
    measured.push(one)
  }
  const calls = measured.splice(programs.length)
  const ratioOf = ({ metered }: (typeof measured)[number]): number => quantile(metered.ratios, 0.5)
  const worst = calls.reduce((one, other) => (ratioOf(one) < ratioOf(other) ? other : one))
  note(`the worst of calls alone is ${worst.name}`)
  tell(
    ratioRow('metered : plain, geometric mean of seven programs', mean(measured.map(({ metered }) => metered)), {
      unit: 'ms',
      atMost: 1.12,
    }),
    ratioRow(`metered : plain, the worst of ${calls.length} programs of calls alone`, worst.metered, {
      unit: 'ms',
      atMost: 2.5,
    }),
    ratioRow('deterministic : plain, the same seven', mean(measured.map(({ deterministic }) => deterministic)), {
      unit: 'ms',
      atMost: 2,
    }),
  )

  async function give(
    id: number,
    plain: Uint8Array,
    work: Program['work'],
    profile: boolean | undefined,
  ): Promise<void> {
    const metered = profile === undefined ? undefined : meterModule(plain, { isDeterministic: profile })
    if (metered && !metered.ok) throw new Error(metered.code)
    const body = Buffer.from(metered ? metered.value.bytes : plain)
    const address = `/module-${id}.wasm`
    await page.route(`**${address}`, (route) => route.fulfill({ contentType: 'application/wasm', body }))
    const budget = metered ? String(budgetOf(metered.value, mostFuel)) : '0'
    await page.evaluate(giveWork, { id, address, meter: metered && meterExport, budget, work })
  }
  function again(id: number): Promise<number> {
    return page.evaluate((one) => globalThis.meterWorker!.run(one), id)
  }

  const large = plainOf[6]!
  const megabytes = await repeated(pairsAsked(), async () => {
    const began = performance.now()
    meterModule(large)
    return large.length / 1_000 / (performance.now() - began)
  })
  tell(figureRow('metering a module of 20 MB', megabytes, { unit: 'MB/s', atLeast: 20 }))

  await page.evaluate(await bundle('arriving.page.ts'))
  const script = await stage.workerScript()
  for (const rate of [10, 25]) {
    const comes = (isReadAhead: boolean) => async (): Promise<number> => {
      const how = { script, module: '/module-18.wasm', bytesPerMs: rate * 1_000, isReadAhead }
      const { fromFirstMs, fromLastMs } = (await page.evaluate((asked) => globalThis.readied?.(asked), how))!
      ;(isReadAhead ? wholeWay.ahead : wholeWay.whole).push(fromFirstMs)
      return fromLastMs
    }
    const wholeWay = { ahead: [] as number[], whole: [] as number[] }
    const pairs = await interleaved(pairsAsked(), comes(true), comes(false))
    const [ahead, whole] = [quantile(wholeWay.ahead, 0.5), quantile(wholeWay.whole, 0.5)]
    note(`from the first block at ${rate} MB/s: ${Math.round(ahead)} ms, not read ahead ${Math.round(whole)} ms`)
    tell(
      ratioRow(`20 MB at ${rate} MB/s, from the last block to ready, read ahead : not`, pairs, {
        unit: 'ms',
        atMost: 0.7,
      }),
    )
  }
} finally {
  await stage.close()
}

/** Round by round, the geometric mean of what each program took. */
function mean(all: readonly Pairs[]): Pairs {
  const column = (of: keyof Pairs): number[] =>
    all[0]![of].map((_, round) => Math.exp(all.reduce((sum, one) => sum + Math.log(one[of][round]!), 0) / all.length))
  return { ours: column('ours'), bare: column('bare'), ratios: column('ratios') }
}

declare global {
  var meterWorker: { give(id: number, work: Work): Promise<number>; run(id: number): Promise<number> } | undefined
}

function startWorker(script: string): void {
  const worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })))
  const ask = (message: unknown): Promise<number> =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message: reason }) => reject(new Error(reason))
      worker.postMessage(message)
    })
  globalThis.meterWorker = { give: (id, work) => ask({ id, work }), run: (id) => ask({ id }) }
}

async function giveWork({
  id,
  address,
  meter,
  budget,
  work,
}: {
  id: number
  address: string
  meter: string | undefined
  budget: string
  work: Program['work']
}): Promise<void> {
  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer())
  const common = { bytes, meter, budget: BigInt(budget) }
  const encoder = new TextEncoder()
  const whole =
    'invoke' in work
      ? { ...common, ...work }
      : {
          ...common,
          args: work.args,
          files: Object.fromEntries(Object.entries(work.files).map(([name, text]) => [name, encoder.encode(text)])),
        }
  await globalThis.meterWorker?.give(id, whole as Work)
}
