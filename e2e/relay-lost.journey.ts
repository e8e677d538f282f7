import { expect } from 'vitest'
import { journeys, type Tab } from './harness.ts'
import {
  countTo,
  donate,
  firstResults,
  indexesOf,
  meet,
  midJobTasks,
  resultsOf,
  spins,
  submit,
  summaryOf,
} from './jobs.ts'

const it = journeys()
const rounds = 30_000_000
/** What Chromium writes when a WebSocket finds nobody. */
const socketWords = /WebSocket connection|ERR_CONNECTION/

const online = (tab: Tab): Promise<void> => tab.until((mesh) => mesh.network().addresses.length > 0)
const sees = (tab: Tab, did: string): Promise<void> =>
  tab.until((mesh, did) => mesh.peers().some((peer) => peer.did === did && peer.via === 'webrtc'), did)

it('the relay dies in the middle of a job: the job goes on, and all find each other when it is back', async ({
  world,
}) => {
  const relay = await world.relay()
  const provider = await (await world.machine()).open('provider', { relays: [relay] })
  const buyer = await (await world.machine()).open('buyer', { relays: [relay] })
  for (const tab of [provider, buyer]) tab.expect(socketWords)
  await Promise.all([meet(provider), meet(buyer)])
  await donate(provider)
  const job = await submit(buyer, {
    module: '/jobs/bench-spin.wasm',
    tasks: spins(midJobTasks, rounds),
    policy: { redundancy: 'once' },
  })
  await firstResults(buyer, job, 4)

  await relay.kill()
  expect(await buyer.mesh((mesh, job) => mesh.job(job)!.view()!.outcome, job)).toBeUndefined()
  await Promise.all([provider, buyer].map((tab) => tab.until((mesh) => mesh.network().addresses.length === 0)))
  expect(indexesOf(await resultsOf(buyer, job))).toEqual(countTo(midJobTasks))
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: midJobTasks, failed: 0 })

  await relay.start()
  await Promise.all([online(provider), online(buyer)])
  const late = await (await world.machine()).open('late', { relays: [relay] })
  await meet(late, 2)
  await Promise.all([provider, buyer].map(async (tab) => sees(tab, await late.did())))
})

it('two tabs that know only a third are introduced by it while their relays are down', async ({ world }) => {
  const [left, right] = [await world.relay(), await world.relay()]
  const first = await (await world.machine()).open('first', { relays: [left] })
  const between = await (await world.machine()).open('between', { relays: [left, right] })
  await Promise.all([meet(first), meet(between)])
  for (const tab of [first, between]) tab.expect(socketWords)
  await left.kill()
  await first.until((mesh) => mesh.network().addresses.length === 0)

  const second = await (await world.machine()).open('second', { relays: [right] })
  second.expect(socketWords)
  await sees(second, await between.did())
  await right.kill()
  await Promise.all([sees(first, await second.did()), sees(second, await first.did())])
  await donate(first)
  const job = await submit(second, { module: '/jobs/bench-spin.wasm', tasks: spins(4, 1_000_000) })
  expect((await resultsOf(second, job)).map(({ provider }) => provider)).toEqual(
    Array.from({ length: 4 }, () => expect.any(String)),
  )
  expect(await summaryOf(second, job)).toMatchObject({ completed: 4, providers: [await first.did()] })
})
