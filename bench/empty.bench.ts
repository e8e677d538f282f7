/**
 * Claim: empty tasks, many at once, are answered 2,000 times a second by one provider and 2,400 times by two; one at a time,
 * an answer takes at most three round trips of a bare data channel by the median: the task is given to the job's iterable,
 * and its result comes out of `results()`.
 */
import { connectBare } from './channel.page.ts'
import { figureRow, interleaved, note, pairsAsked, quantile, ratioRow, repeated, tell } from './measure.ts'
import { type Load, meshRate } from './pool.page.ts'
import { donate, meet, openStage } from './stage.ts'

const module = '/jobs/bench-empty.wasm'
const load: Load = { module, args: [], warm: 1_000, counted: 6_000, tail: 1_000 }
const oneByOne = 200

const stage = await openStage()
try {
  const buyer = await stage.openTab()
  const first = await stage.openTab()
  await meet([buyer, first])
  await donate(first)
  await buyer.evaluate(meshRate, load)
  const one = await repeated(pairsAsked(), () => buyer.evaluate(meshRate, load))
  tell(figureRow('empty tasks, pipelined, one provider', one, { unit: 'tasks/s', atLeast: 2_000 }))

  const blank = [await stage.openBlank(), await stage.openBlank()] as const
  await connectBare(...blank)
  const alone = await interleaved(
    pairsAsked(),
    async () => quantile(await buyer.evaluate(oneAtATime, { module, count: oneByOne }), 0.5),
    async () => quantile((await blank[0].evaluate((n) => globalThis.bareChannel?.roundTrips(n), oneByOne)) ?? [], 0.5),
  )
  note(`one at a time: ${alone.ours.map((ms) => ms.toFixed(2)).join(' ')} ms`)
  tell(ratioRow('empty tasks one at a time : bare round trip', alone, { unit: 'ms', atMost: 3 }))
  await Promise.all(blank.map((page) => page.close()))

  const second = await stage.openTab()
  await meet([buyer, first, second])
  await donate(second)
  await buyer.evaluate(meshRate, load)
  const two = await repeated(pairsAsked(), () => buyer.evaluate(meshRate, load))
  tell(figureRow('empty tasks, pipelined, two providers', two, { unit: 'tasks/s', atLeast: 2_400 }))
} finally {
  await stage.close()
}

/** Runs in a page with a node: gives the next task only once the last one's result is there. @returns milliseconds of each */
async function oneAtATime({ module, count }: { module: string; count: number }): Promise<number[]> {
  const mesh = window.tabmesh
  if (!mesh) throw new Error('no node in this tab')
  const warm = 20
  const took: number[] = []
  let given = 0
  let answer = Promise.withResolvers<void>()
  async function* tasks() {
    for (let i = 0; i < count + warm; i++) {
      given = performance.now()
      yield {}
      await answer.promise
      answer = Promise.withResolvers<void>()
    }
  }
  const bytes = new Uint8Array(await (await fetch(module)).arrayBuffer())
  const job = mesh.submit({ module: bytes, tasks: tasks(), policy: { redundancy: 'once' } })
  for await (const _result of job.results()) {
    took.push(performance.now() - given)
    answer.resolve()
  }
  return took.slice(warm)
}
