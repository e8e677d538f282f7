import { expect } from 'vitest'
import { sampleModule, samples } from '../src/activity/module-samples.ts'
import { journeys } from './harness.ts'
import { donate, meet, resultsOf, submit, summaryOf } from './jobs.ts'

const it = journeys()

/** Ends with exit code 5. */
const exiting = sampleModule({ imports: [{ name: 'proc_exit', type: 1 }], code: [0x41, 5, 0x10, 0x00] })
/** Wants a function of the page. */
const reaching = sampleModule({ imports: [{ from: 'env', name: 'fetch', type: 0 }] })
const notWasm = new TextEncoder().encode('#!/bin/sh\necho no\n')

const failing = [
  { story: 'traps', module: samples.trap, error: 'trapped', exitCode: -1 },
  { story: 'ends with a code', module: exiting, error: 'exited-nonzero', exitCode: 5 },
  { story: 'loops for ever', module: samples.endlessLoop, error: 'timed-out', exitCode: -1 },
  { story: 'allocates without end', module: samples.growing, error: 'memory-over-limit', exitCode: -1 },
  { story: 'prints without end', module: samples.endlessPrint, error: 'output-over-limit', exitCode: -1 },
] as const
const refused = [
  { story: 'imports what it may not', module: reaching, reason: 'import-not-allowed' },
  { story: 'is no WebAssembly', module: notWasm, reason: 'not-wasm' },
] as const
const limits = { timeoutMs: 1_000, memoryMb: 16, outputBytes: 65_536 }

it('a module that behaves badly fails with its reason, and the next one runs', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([meet(provider), meet(buyer)])
  await donate(provider)
  await buyer.until((mesh) => mesh.market.offers().length === 1)

  for (const { story, module, error, exitCode } of failing) {
    const job = await submit(buyer, { name: story, module, tasks: [{}, {}], limits })
    const told = await resultsOf(buyer, job)
    expect(told, story).toMatchObject([0, 1].map(() => ({ status: 'failed', error, exitCode })))
    expect(await summaryOf(buyer, job), story).toMatchObject({ status: 'Failed', completed: 0, failed: 2 })
  }
  for (const { story, module, reason } of refused) {
    const job = await submit(buyer, { name: story, module, tasks: [{}], limits })
    expect(await resultsOf(buyer, job), story).toEqual([])
    expect(await summaryOf(buyer, job), story).toMatchObject({ status: 'Failed', reason, completed: 0, failed: 0 })
  }
  const job = await submit(buyer, { module: samples.empty, tasks: [{}], limits })
  expect(await resultsOf(buyer, job)).toMatchObject([{ status: 'ok', exitCode: 0, provider: await provider.did() }])
})
