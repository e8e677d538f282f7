import { afterEach, describe, expect, it } from 'vitest'
import { wasmtimeCommand } from '../adapters/workers/wasmtime.ts'
import { wasmtimePackage } from '../adapters/workers/wasmtime-package.ts'
import type { Cid } from '../wire/cid.ts'
import type { Job, Mesh, TaskResult } from './api.ts'
import { all, createWorld, type Place, place, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

const taskOf = (index: number) => ({ args: ['words'], stdin: `one two two ${index}` })
const tasksOf = (count: number) => Array.from({ length: count }, (_, index) => taskOf(index))

/** A job that one tab bought of another, done; and a third that had nothing to do with it. */
async function bought(
  count: number,
  here: Place = place(),
): Promise<{ buyer: Mesh; provider: Mesh; third: Mesh; job: Job; results: TaskResult[] }> {
  world = createWorld()
  const [provider, buyer, third] = [await world.open(), await world.open(here), await world.open()]
  await provider.provide({ cpuShare: 1 })
  await buyer.dial(provider.did)
  await third.dial(provider.did)
  const job = buyer.submit({ module: await readyMadeModule('words'), tasks: tasksOf(count) })
  const results = await all(job.results())
  await job.done
  await until(provider, () => provider.receipts.withPeer(buyer.did).every(({ accepted }) => accepted))
  return { buyer, provider, third, job, results }
}

const isWasmtimeThere = (await wasmtimePackage().version()) !== undefined

const must = <T>(result: { ok: true; value: T } | { ok: false; code: string }): T => {
  if (!result.ok) throw new Error(result.code)
  return result.value
}

describe('a proof of one task', () => {
  it('[TP2] [TP3] is made by who bought it and checked by anybody, without a word of the others', async () => {
    const { buyer, provider, third, job, results } = await bought(20)
    for (const result of results) {
      const { bytes, proof } = must(await buyer.receipts.proof(job.id, result.index))
      const claimed = { input: taskOf(result.index), output: result }
      const proven = must(await third.receipts.checkProof(bytes, claimed))
      expect(proven).toMatchObject({ isInputProven: true, isOutputProven: true })
      expect(proven.receipt).toMatchObject({ id: result.receipt, body: { author: provider.did, job: job.id } })
      // Its number says nothing of its place (KN1).
      expect(proven.leaf).toMatchObject({ index: proof.leaf.index, status: 'ok', exitCode: 0, fuel: result.fuel })
    }
  })

  it('[TP2] [TP3] is refused where anything in it or beside it was changed', async () => {
    const { buyer, third, job, results } = await bought(3)
    const [first, second] = results as [TaskResult, TaskResult, TaskResult]
    const { proof, bytes } = must(await buyer.receipts.proof(job.id, first.index))
    const codeOf = async (given: unknown, claimed?: Parameters<Mesh['receipts']['checkProof']>[1]) => {
      const checked = await third.receipts.checkProof(given, claimed)
      return checked.ok ? 'holds' : checked.code
    }
    expect(await codeOf(proof)).toBe('holds')
    expect(await codeOf({ ...proof, leaf: { ...proof.leaf, fuel: 1n } })).toBe('proof-root-differs')
    const forged = proof.receipt.slice()
    forged[forged.length - 1]! ^= 1
    expect(await codeOf({ ...proof, receipt: forged })).toBe('proof-not-signed')
    expect(await codeOf(bytes.subarray(1))).toBe('malformed')
    expect(await codeOf(bytes, { input: taskOf(second.index) })).toBe('input-differs')
    expect(await codeOf(bytes, { output: second })).toBe('output-differs')
    expect(await codeOf(bytes, { input: { args: ['a\0'] } })).toBe('string-not-allowed')
  })

  it('is refused of a task that is not stored, and of own work', async () => {
    const { buyer, provider, job } = await bought(1)
    expect(await buyer.receipts.proof(job.id, 9)).toMatchObject({ code: 'result-not-stored' })
    expect(await provider.receipts.proof(job.id, 0)).toMatchObject({ code: 'result-not-stored' })
    const own = buyer.submit({ module: await readyMadeModule('words'), tasks: tasksOf(1), here: 'only' })
    await own.done
    expect(await buyer.receipts.proof(own.id, 0)).toMatchObject({ code: 'result-without-receipt' })
  })
})

describe('the graph of a job’s receipts', () => {
  it('[DG1] [DG2] is closed on both sides, and for a third who knows its head', async () => {
    const { buyer, provider, third, job } = await bought(20)
    const graph = await buyer.receipts.dag(job.id)
    expect(graph).toMatchObject({ missing: [], faults: [] })
    expect(graph.heads).toHaveLength(1)
    expect(graph.nodes.reduce((sum, { body }) => sum + body.taskCount, 0)).toBe(20)
    expect((await provider.receipts.dag(job.id)).nodes).toEqual(graph.nodes)
    expect((await third.receipts.dag(job.id)).nodes).toEqual([])
    const options = { heads: graph.heads, from: provider.did }
    expect(await third.receipts.dag(job.id, options)).toMatchObject({ nodes: graph.nodes, missing: [], faults: [] })
  })

  it('[DG1] says what nobody has', async () => {
    const { third, job, buyer } = await bought(1)
    const head = (await buyer.receipts.dag(job.id)).heads[0]!
    const unseen = `${head.slice(0, -1)}${head.endsWith('a') ? 'b' : 'a'}` as Cid
    expect(await third.receipts.dag(job.id, { heads: [unseen] })).toMatchObject({ nodes: [], missing: [unseen] })
  })
})

describe('a receipt, checked', () => {
  it('[VF1] [VF2] [RU1] [EX1] holds against what is stored, and its tasks come to the same when they are run again', async () => {
    const { buyer, job } = await bought(8)
    const { nodes } = await buyer.receipts.dag(job.id)
    let ran = 0
    for (const { id, body } of nodes) {
      const seen: number[] = []
      const onTask = ({ index }: { index: number }) => void seen.push(index)
      const verified = must(await buyer.receipts.verify(id, { execute: true, onTask }))
      expect(verified.checks.map(({ name, how }) => `${name} ${how}`)).toEqual(
        ['signature', 'chain', 'tasks', 'usage', 'cost', 'requestor'].map((name) => `${name} holds`),
      )
      expect(verified).toMatchObject({ notStored: 0, wasmtime: 'not-in-a-page' })
      expect(verified.tasks).toHaveLength(body.taskCount)
      for (const { isSame, fuel } of verified.tasks) {
        expect(isSame).toBe(true)
        expect(fuel?.told).toBeGreaterThan(0n)
        expect(fuel?.found).toBe(fuel?.told)
      }
      expect(seen).toEqual(verified.tasks.map(({ index }) => index))
      ran += seen.length
    }
    expect(ran).toBe(8)
  })

  it.runIf(isWasmtimeThere)(
    '[EX1] comes to the same on the wasmtime of this machine, to the last unit of fuel',
    async () => {
      const { buyer, job } = await bought(3, { ...place(), engines: [wasmtimePackage()] })
      const { nodes } = await buyer.receipts.dag(job.id)
      const tasks = []
      for (const { id } of nodes) {
        const { wasmtime } = must(await buyer.receipts.verify(id, { execute: true }))
        if (typeof wasmtime === 'string') throw new Error(wasmtime)
        tasks.push(...wasmtime)
      }
      expect(tasks).toHaveLength(3)
      for (const { isSame, fuel } of tasks) {
        expect(isSame).toBe(true)
        expect(fuel?.found).toBe(fuel?.told)
      }
    },
  )

  it('[EX1] is not held against a wasmtime where there is none', async () => {
    const { buyer, job } = await bought(1, { ...place(), engines: [wasmtimeCommand('no-such-wasmtime')] })
    const head = (await buyer.receipts.dag(job.id)).heads[0]!
    expect(must(await buyer.receipts.verify(head, { execute: true })).wasmtime).toBe('not-installed')
  })

  it('[VF1] [EX1] is told from what its results were changed to', async () => {
    const here = place()
    const { buyer, job, results } = await bought(4, here)
    const { index, receipt } = results[0]!
    const stored = here.disk.jobs.get(job.id)!.results
    const at = stored.findIndex((one) => one?.index === index)
    const honest = stored[at]!
    stored[at] = { ...honest, stdout: new Uint8Array([1]), fuel: (honest.fuel ?? 0n) + 1n }
    const verified = must(await buyer.receipts.verify(receipt!, { execute: true }))
    expect(verified.checks.find(({ name }) => name === 'tasks')).toMatchObject({
      how: 'fails',
      code: 'frame-root-differs',
    })
    expect(verified.checks.find(({ name }) => name === 'usage')).toMatchObject({
      how: 'fails',
      code: 'frame-usage-differs',
    })
    expect(verified.tasks.find((task) => task.index === index)).toMatchObject({
      isSame: false,
      differs: ['output', 'fuel'],
      fuel: { found: honest.fuel },
    })
  })

  it('says what cannot be checked: results that are not stored, a program that is gone, a receipt that nobody has', async () => {
    const here = place()
    const { buyer, provider, job, results } = await bought(2, here)
    const receipt = results[0]!.receipt!
    const asProvider = must(await provider.receipts.verify(receipt, { execute: true }))
    expect(asProvider.checks.map(({ name, how }) => `${name} ${how}`)).toEqual([
      'signature holds',
      'chain holds',
      'tasks unknown',
      'usage unknown',
      'cost holds',
      'requestor holds',
    ])
    expect(asProvider.notStored).toBe(asProvider.receipt.body.taskCount)
    for (const cid of here.disk.blocks.keys()) here.disk.blocks.delete(cid)
    const { tasks } = must(await buyer.receipts.verify(receipt, { execute: true }))
    expect(tasks.every(({ isSame, why }) => isSame === undefined && why === 'content-missing')).toBe(true)
    expect(await buyer.receipts.verify(job.id)).toMatchObject({ ok: false, code: 'receipt-not-found' })
  })

  it('stops when it is told to', async () => {
    const { buyer, results } = await bought(3)
    const stopping = new AbortController()
    const verified = await buyer.receipts.verify(results[0]!.receipt!, {
      execute: true,
      signal: stopping.signal,
      onTask: () => stopping.abort(),
    })
    const [first, ...rest] = must(verified).tasks
    expect(first?.isSame).toBe(true)
    for (const { why } of rest) expect(why).toBe('stopped')
  })
})
