import { describe, expect, it } from 'vitest'
import { someSpec } from '../activity/job.examples.ts'
import { provider, requestor } from '../market/market.examples.ts'
import { receipt, someUsage } from '../receipts/receipt.examples.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import { fuelLimits, fuelTold, isSilent, toldBefore } from './job-fuel.ts'
import { aPlan, command, connect, createWorld, freeFacts, give, nodeOf, only, submit } from './world.examples.ts'

const spec = {
  ...someSpec,
  limits: { ...someSpec.limits, fuel: 100n },
  policy: { ...someSpec.policy, maxFuel: 250n },
}

/** A job with a budget of fuel, under way with one provider. */
function underWay() {
  const world = createWorld(requestor, provider)
  connect(world, requestor, provider)
  const runtime = { ...freeFacts.runtime, capabilities: [...freeFacts.runtime.capabilities, 'fuel'] }
  command(world, provider, { type: 'sell', plan: aPlan({ facts: { ...freeFacts, runtime } }) })
  submit(world, requestor, { spec })
  const { state } = nodeOf(world, requestor)
  const { id: activity, agreement, job, module } = only(state.activities.values())
  const burned = (fuel: bigint) =>
    receipt({ activity, agreement, job, module, requestor, author: provider, usage: { ...someUsage, fuel } })
  const pulled = (fuel: bigint) =>
    give(world, requestor, { type: 'pulled', from: provider, events: [burned(fuel) as Verified<AnyBody>] })
  return { state, job, activity, pulled }
}

describe('the fuel of a job', () => {
  it('[AT5] is never told to be more than its budget', () => {
    const { state, job, pulled } = underWay()
    expect(fuelLimits(spec)).toEqual({ perTask: 100n, most: 250n })
    expect(fuelLimits(someSpec)).toBeUndefined()
    pulled(251n)
    expect([state.chains.size, fuelTold(state, job)]).toEqual([0, 0n])
    pulled(250n)
    expect([state.chains.size, fuelTold(state, job)]).toEqual([1, 250n])
  })

  it('[FB4] after a reload is what receipts told, and what those who were at it may still tell', () => {
    const { state, job, activity, pulled } = underWay()
    pulled(120n)
    expect(toldBefore(state, job, 40)).toEqual([{ activity, receipts: 120n, mayHold: 0 }])
    const reloaded = { ...state, startedAt: state.activities.get(activity)!.created.body.issuedAt + 1 } as typeof state
    expect(toldBefore(reloaded, job, 40)).toEqual([{ activity, receipts: 120n, mayHold: 40 }])
    expect(toldBefore(reloaded, job, 4_000)).toEqual([{ activity, receipts: 120n, mayHold: 512 }])
    expect(isSilent(state, activity)).toBe(false)
  })
})
