import { describe, expect, it } from 'vitest'
import { aCid, begun, provider, requestor, stated } from '../market/market.examples.ts'
import { type Activity, activityMachine, activityOf, isOpen, stepped } from './activity.ts'
import { someSpec } from './job.examples.ts'
import { ActivityCreated } from './messages.ts'

const fresh = (): Activity =>
  activityOf(
    stated(
      ActivityCreated,
      { author: requestor },
      {
        to: provider,
        agreement: aCid('agreement'),
        job: aCid('job'),
        module: aCid('module'),
        threads: 2,
        limits: someSpec.limits,
      },
    ),
  )

describe('an activity', () => {
  it('[AV1] is New, between the two whom its creation names', () => {
    expect(fresh()).toMatchObject({ state: 'New', requestor, provider, threads: 2, id: fresh().created.id })
  })

  const cases = activityMachine.states.flatMap((state) =>
    activityMachine.events.map((step) => [state, step, activityMachine.next(state, step)] as const),
  )
  it.each(cases)('[AV1] %s, %s gives %s', (state, step, next) => {
    const before = { ...fresh(), state }
    const after = stepped(before, step, begun)
    expect(after.state).toBe(next ?? state)
    if (next === undefined) expect(after).toBe(before)
  })

  it('[AV1] goes Golem’s way to Ready, and is open until it is terminated', () => {
    const ready = (['initialize', 'deploy', 'start'] as const).reduce((one, step) => stepped(one, step, begun), fresh())
    expect(ready.state).toBe('Ready')
    expect(isOpen(ready)).toBe(true)
    expect(isOpen(stepped(ready, 'terminate', begun))).toBe(false)
    expect(activityMachine.states.filter(activityMachine.isFinal)).toEqual(['Terminated'])
  })

  it('[AV2] remembers since when it is lost, and forgets it when it is heard again', () => {
    const lost = stepped(fresh(), 'lose', begun)
    expect(lost).toMatchObject({ state: 'Unresponsive', lostAt: begun })
    expect(stepped(lost, 'lose', (begun + 5) as typeof begun)).toBe(lost)
    expect(stepped(lost, 'initialize', begun)).toMatchObject({ state: 'Initialized', lostAt: undefined })
  })
})
