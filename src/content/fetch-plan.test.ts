import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cid, cidOf } from '../wire/cid.ts'
import type { PeerId } from '../wire/schema.ts'
import { fetchPlan, mostOwed } from './fetch-plan.ts'

const ada = 'ada' as PeerId
const bob = 'bob' as PeerId
const names = (count: number): Cid[] =>
  Array.from({ length: count }, (_, n) => cidOf(new Uint8Array([n, n >> 8]), 'raw'))

describe('fetch plan', () => {
  it('[CN10] asks a block of one peer only, and no more than a peer may owe', () => {
    const plan = fetchPlan()
    plan.want(names(40))
    const first = plan.next(ada, 0)
    const second = plan.next(bob, 0)
    expect(first).toEqual(names(40).slice(0, mostOwed))
    expect(second).toEqual(names(40).slice(mostOwed, 2 * mostOwed))
    expect(plan.next(ada, 0)).toEqual([])
  })

  it('[CN10] asks on in batches, before a peer has nothing left to send', () => {
    const plan = fetchPlan()
    plan.want(names(40))
    const owed = plan.next(ada, 0)
    for (const cid of owed.slice(0, 7)) plan.arrived(ada, cid, 1)
    expect(plan.next(ada, 1)).toEqual([])
    plan.arrived(ada, owed[7]!, 1)
    expect(plan.next(ada, 1)).toHaveLength(8)
  })

  it('[CN12] asks others for what a dropped peer owed, in order', () => {
    const plan = fetchPlan()
    plan.want(names(3))
    plan.next(ada, 0)
    plan.arrived(ada, names(1)[0]!, 1)
    plan.drop(ada)
    expect(plan.next(bob, 2)).toEqual(names(3).slice(1))
  })

  it('[CN12] knows who has owed for too long in silence', () => {
    const plan = fetchPlan()
    plan.want(names(20))
    plan.next(ada, 0)
    plan.next(bob, 5_000)
    expect(plan.silent(9_999, 10_000)).toEqual([])
    expect(plan.silent(10_000, 10_000)).toEqual([ada])
    plan.arrived(ada, names(1)[0]!, 10_000)
    expect(plan.silent(15_000, 10_000)).toEqual([bob])
  })

  it('[CN12] does not count the time in which a peer owed nothing', () => {
    const plan = fetchPlan()
    plan.want(names(1))
    plan.arrived(ada, plan.next(ada, 0)[0]!, 1)
    plan.want(names(2))
    plan.next(ada, 60_000)
    expect(plan.silent(60_001, 10_000)).toEqual([])
  })

  it('[CN13] asks a peer never again for what it does not have', () => {
    const plan = fetchPlan()
    plan.want(names(2))
    const asked = plan.next(ada, 0)
    plan.answered(ada, asked, [asked[1]!], 1)
    expect(plan.next(ada, 1)).toEqual([])
    expect(plan.missing([ada])).toBe(asked[0])
    expect(plan.missing([ada, bob])).toBeUndefined()
    expect(plan.next(bob, 1)).toEqual([asked[0]])
  })

  it('[CN14] asks a free peer for what another has owed for longer than a second', () => {
    const plan = fetchPlan()
    plan.want(names(2))
    const [first, second] = plan.next(ada, 0)
    expect(plan.next(bob, 999)).toEqual([])
    expect(plan.next(bob, 1_000)).toEqual([first, second])
    expect(plan.arrived(bob, first!, 1_001)).toBe(true)
    expect(plan.arrived(ada, first!, 1_002)).toBe(false)
    plan.drop(bob)
    plan.arrived(ada, second!, 1_003)
    expect(plan.complete).toBe(true)
  })

  it('[CN15] with nobody left, whatever is not there is missing', () => {
    const plan = fetchPlan()
    expect(plan.complete).toBe(true)
    plan.want(names(2))
    expect(plan.missing([])).toBe(names(1)[0])
  })

  it('[CN15] comes to an end with any peers, and gives each block once', () => {
    const step = fc.record({
      peer: fc.constantFrom('a', 'b', 'c'),
      what: fc.constantFrom('give', 'lack', 'drop', 'wait'),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 60 }), (steps, count) => {
        const plan = fetchPlan()
        const owed = new Map<string, Cid[]>()
        const came: Cid[] = []
        let now = 0
        plan.want(names(count))
        const move = (peer: string, what: string): void => {
          const asked = plan.next(peer as PeerId, now)
          const owes = [...(owed.get(peer) ?? []), ...asked]
          expect(new Set(owes).size).toBe(owes.length)
          expect(owes.length).toBeLessThanOrEqual(mostOwed)
          const [first, ...rest] = owes
          if (what === 'drop') plan.drop(peer as PeerId)
          if (what === 'give' && first && plan.arrived(peer as PeerId, first, now)) came.push(first)
          if (what === 'lack' && first) plan.answered(peer as PeerId, [first], [], now)
          owed.set(peer, what === 'drop' ? [] : what === 'wait' ? owes : rest)
        }
        for (const { peer, what } of steps) {
          now += 300
          move(peer, what)
        }
        for (const peer of ['a', 'b', 'c']) plan.drop(peer as PeerId)
        owed.clear()
        for (let round = 0; round < count; round++) move('fresh', 'give')
        expect(plan.complete).toBe(true)
        expect([...came].sort()).toEqual([...names(count)].sort())
        expect(plan.arrivedBlocks).toBe(count)
      }),
    )
  })
})
