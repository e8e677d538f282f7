import { expect, it } from 'vitest'
import { minuteMs, timestamp } from '../kernel/time.ts'
import { provider, requestor } from '../market/market.examples.ts'
import { receipt } from '../receipts/receipt.examples.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  frame,
  freeFacts,
  give,
  nodeOf,
  only,
  pass,
  submit,
  verdict,
} from './world.examples.ts'

/** A job under way, and two receipts that its provider signed for one place. */
function liedTo() {
  const world = createWorld(requestor, provider)
  connect(world, requestor, provider)
  command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
  submit(world, requestor)
  const { state } = nodeOf(world, requestor)
  const { id: activity, agreement, job, module } = only(state.activities.values())
  const about = { activity, agreement, job, module, requestor, author: provider }
  const [first, twin] = [2_000, 3_000].map((endedAt) => receipt({ ...about, endedAt: timestamp(endedAt) }))
  return {
    world,
    state,
    activity,
    agreement,
    about,
    first: first as Verified<AnyBody>,
    twin: twin as Verified<AnyBody>,
  }
}

it('[AT4] proves a lie by a second receipt for one place: its agreement ends, its author is disputed and gets the job no more', () => {
  const { world, state, activity, agreement, about, first, twin } = liedTo()
  give(world, requestor, { type: 'pulled', from: provider, events: [first] })
  expect(state.chains.get(activity)?.equivocation).toBeUndefined()
  expect(verdict(world, requestor, twin)).toBeUndefined()
  expect(state.chains.get(activity)?.equivocation).toBeDefined()
  const { ended } = only(state.agreements.values())
  expect(ended).toMatchObject({ reason: { code: 'wrong-receipt', isFinal: true } })
  expect(state.standings.get(provider)?.all).toMatchObject({ completed: 0, disputed: 1 })
  pass(world, 10 * minuteMs)
  expect([...state.agreements.keys()]).toEqual([agreement])
  const next = receipt({ ...about, sequence: 1, prev: first.id }) as Verified<AnyBody>
  expect(verdict(world, requestor, next)).toBe('not-taken-here')
})

it('[ND14] takes no receipt of its own job by itself: nothing is owed for what no result proves', () => {
  const { world, state, first } = liedTo()
  expect(verdict(world, requestor, first)).toBe('not-taken-here')
  expect(state.chains.size).toBe(0)
})

it('[AT4] takes the job elsewhere for good also where the lie comes out after its agreement', () => {
  const { world, state, activity, agreement, first, twin } = liedTo()
  give(world, requestor, { type: 'pulled', from: provider, events: [first] })
  const failure = { code: 'content-missing', message: '' }
  give(world, requestor, { type: 'activityStepped', activity, step: 'terminate', failure })
  expect(only(state.agreements.values()).ended).toMatchObject({ reason: { isFinal: false } })
  expect(verdict(world, requestor, twin)).toBeUndefined()
  expect(state.chains.get(activity)?.equivocation).toBeDefined()
  pass(world, 10 * minuteMs)
  expect([...state.agreements.keys()]).toEqual([agreement])
})

it('[AT4] signs no more for an activity once its author was shown that it signed twice', () => {
  const { world, activity, first, twin } = liedTo()
  for (const event of [first, twin]) give(world, provider, { type: 'caughtUp', from: requestor, events: [event] })
  expect(nodeOf(world, provider).state.chains.get(activity)?.equivocation).toBeDefined()
  const effects = give(world, provider, { type: 'frameReady', activity, frame: frame(world, {}), token: 7 })
  expect(effects).toMatchObject([{ type: 'attest', receipt: undefined }])
})
