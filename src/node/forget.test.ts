import { describe, expect, it } from 'vitest'
import { minuteMs } from '../kernel/time.ts'
import { provider, requestor } from '../market/market.examples.ts'
import { aPlan, command, connect, createWorld, freeFacts, nodeOf, pass, submit } from './world.examples.ts'

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
})
