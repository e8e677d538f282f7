import { describe, expect, it } from 'vitest'
import { minuteMs } from '../kernel/time.ts'
import { aDid, provider, requestor } from '../market/market.examples.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  disconnect,
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

const other = aDid('Q')
const agreements = (world: World, did = requestor) => [...nodeOf(world, did).state.agreements.values()]
const activityOf = (world: World) => only(nodeOf(world, requestor).state.activities.keys())
const heldBy = (world: World) => agreements(world, provider).map(({ state, ended }) => [state, ended?.reason?.code])

/** All that the provider sells is held for the requestor, whose task it is to begin. */
function held(): World {
  const world = createWorld(requestor, provider, other)
  connect(world, requestor, provider)
  connect(world, other, provider)
  command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
  submit(world, requestor)
  return world
}

/** Its program runs. */
function underWay() {
  const world = held()
  const activity = activityOf(world)
  makeReady(world, activity, [requestor, provider])
  return { world, activity }
}

/** The requestor's tab is gone: its stream breaks, and then it is not there any more. */
function leave(world: World, { hasSentAll = false } = {}): void {
  give(world, provider, { type: 'activityStepped', activity: activityOf(world), step: 'lose', hasSentAll })
  disconnect(world, requestor, provider)
}

describe('what a provider holds for a requestor that has fallen silent', () => {
  it('[PV6] is sold to whoever asks, ten seconds later, and never the same thread twice', () => {
    const { world } = underWay()
    leave(world)
    submit(world, other)
    pass(world, 9_999)
    expect(agreements(world, other)).toHaveLength(0)
    pass(world, 1)
    expect(only(agreements(world, other)).state).toBe('approved')
    expect(heldBy(world)).toEqual([
      ['terminated', 'RequestorUnreachable'],
      ['approved', undefined],
    ])
    expect(nodeOf(world, provider).state.offer).toBeUndefined()
  })

  it('[PV6] is sold at once where its work was done and only the end of the agreement was not told', () => {
    const { world, activity } = underWay()
    const last = frame(world, { isFinal: true, outcome: 'CompletedSuccessfully' })
    world.loses = (from) => from === requestor
    give(world, provider, { type: 'frameReady', activity, frame: last, token: 1 })
    give(world, provider, { type: 'activityStepped', activity, step: 'terminate' })
    disconnect(world, requestor, provider)
    submit(world, other)
    expect(heldBy(world)).toEqual([
      ['terminated', 'NoActivity'],
      ['approved', undefined],
    ])
  })

  it('[PV6] is sold at once where all that was asked for had been sent when its stream broke', () => {
    const { world } = underWay()
    leave(world, { hasSentAll: true })
    submit(world, other)
    expect(heldBy(world)).toEqual([
      ['terminated', 'NoActivity'],
      ['approved', undefined],
    ])
  })

  it('[PV6] is sold at once where its program was never begun', () => {
    const world = held()
    disconnect(world, requestor, provider)
    submit(world, other)
    expect(heldBy(world)).toEqual([
      ['terminated', 'NoActivity'],
      ['approved', undefined],
    ])
  })

  it('[PV6] is kept for ten seconds where all was sent and only the stream broke', () => {
    const { world, activity } = underWay()
    give(world, provider, { type: 'activityStepped', activity, step: 'lose', hasSentAll: true })
    submit(world, other)
    pass(world, 9_999)
    expect(agreements(world, other)).toHaveLength(0)
    pass(world, 1)
    expect(only(agreements(world, other)).state).toBe('approved')
  })

  it('[PV6] is kept for it while nobody else comes', () => {
    for (const hasSentAll of [false, true]) {
      const { world, activity } = underWay()
      leave(world, { hasSentAll })
      pass(world, minuteMs)
      expect(nodeOf(world, provider).state.offer).toBeDefined()
      connect(world, requestor, provider)
      give(world, provider, { type: 'activityStepped', activity, step: 'initialize' })
      expect(nodeOf(world, provider).state.offer).toBeUndefined()
      submit(world, other)
      pass(world, minuteMs)
      expect(agreements(world, other)).toHaveLength(0)
      expect(only(agreements(world, provider)).state).toBe('approved')
    }
  })

  it('[PV6] is off the market again as soon as it is back', () => {
    const world = held()
    disconnect(world, requestor, provider)
    expect(nodeOf(world, provider).state.offer).toBeDefined()
    connect(world, requestor, provider)
    expect(nodeOf(world, provider).state.offer).toBeUndefined()
  })
})
