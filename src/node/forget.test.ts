import { describe, expect, it } from 'vitest'
import { someSpec } from '../activity/job.examples.ts'
import type { Amount } from '../kernel/amount.ts'
import { minuteMs } from '../kernel/time.ts'
import { provider, requestor } from '../market/market.examples.ts'
import type { Cid } from '../wire/cid.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  frame,
  freeFacts,
  give,
  makeReady,
  nodeOf,
  only,
  pass,
  submit,
  type World,
} from './world.examples.ts'

describe('what is over', () => {
  it('[FG1] leaves the memory of its provider after ten minutes', () => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
    const job = submit(world, requestor)
    command(world, requestor, { type: 'cancelJob', job, reason: '' })
    pass(world, 9 * minuteMs)
    const { agreements, activities, activitiesOf } = nodeOf(world, provider).state
    expect([agreements.size, activities.size, activitiesOf.size]).toEqual([1, 1, 1])
    pass(world, 10 * minuteMs)
    expect([agreements.size, activities.size, activitiesOf.size]).toEqual([0, 0, 0])
  })

  it('[FG1] does not take what still lives with it', () => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
    submit(world, requestor)
    pass(world, 50 * minuteMs)
    expect(nodeOf(world, provider).state.agreements.size).toBe(1)
  })

  it('[FG2] stays at hand with its own job, unless 200 newer ones ended', () => {
    const world = createWorld(requestor)
    const jobs = Array.from({ length: 201 }, (_, n) => {
      const job = submit(world, requestor, { nonce: n })
      command(world, requestor, { type: 'cancelJob', job, reason: '' })
      pass(world, 10)
      return job
    })
    expect(nodeOf(world, requestor).state.jobs.size).toBe(201)
    pass(world, 30 * minuteMs)
    expect([...nodeOf(world, requestor).state.jobs.keys()]).toEqual(jobs.slice(1))
  })

  it('[FG3] [FG2] stays, where the oldest of many jobs still works or is not paid', () => {
    const { world, job } = worked()
    command(world, requestor, { type: 'cancelJob', job, reason: '' })
    world.loses = (from, _, type) => from === provider && type === 'payment/invoice'
    pass(world, minuteMs)
    endOthers(world)
    pass(world, 6 * minuteMs)
    expect(nodeOf(world, requestor).state.jobs.has(job)).toBe(true)
    pass(world, 30 * minuteMs)
    expect(nodeOf(world, requestor).state.jobs.has(job)).toBe(true)
    expect([...nodeOf(world, requestor).state.accounts.keys()]).toEqual([
      ...nodeOf(world, provider).state.accounts.keys(),
    ])
    world.loses = () => false
    pass(world, 20 * minuteMs)
    expect(nodeOf(world, provider).state.accounts.size).toBe(0)
    const { jobs, agreements, accounts, activities, chains, allocations, links } = nodeOf(world, requestor).state
    expect(jobs.has(job)).toBe(false)
    for (const left of [agreements, accounts, activities, chains]) expect(left.size).toBe(0)
    expect([allocations.has(job), links.has(job)]).toEqual([false, false])
  })

  it('[FG3] stays while its counterparty may come late: ten minutes, though 200 newer jobs ended', () => {
    const { world, job } = worked({ isFree: true })
    command(world, requestor, { type: 'cancelJob', job, reason: '' })
    pass(world, minuteMs)
    endOthers(world)
    pass(world, 6 * minuteMs)
    expect(nodeOf(world, requestor).state.agreements.size).toBe(1)
    pass(world, 10 * minuteMs)
    expect(nodeOf(world, requestor).state.agreements.size).toBe(0)
  })
})

/** A job of which some work was done by the provider, and is still to be paid unless it is free. */
function worked({ isFree = false } = {}): { world: World; job: Cid } {
  const world = createWorld(requestor, provider)
  connect(world, requestor, provider)
  command(world, provider, { type: 'sell', plan: isFree ? aPlan({ facts: freeFacts }) : aPlan() })
  const policy = { ...someSpec.policy, maxPrice: 1_000_000n as Amount }
  const job = submit(world, requestor, isFree ? {} : { spec: { platform: 'credits', policy } })
  const activity = only(nodeOf(world, requestor).state.activities.keys())
  makeReady(world, activity, [requestor, provider])
  give(world, provider, { type: 'frameReady', activity, frame: frame(world, { seconds: 60 }), token: 1 })
  return { world, job }
}

/** Two hundred other jobs come and go. */
function endOthers(world: World): void {
  command(world, provider, { type: 'stopSelling', reason: '' })
  for (let n = 0; n < 200; n++) {
    const job = submit(world, requestor, { nonce: n + 2 })
    command(world, requestor, { type: 'cancelJob', job, reason: '' })
  }
}
