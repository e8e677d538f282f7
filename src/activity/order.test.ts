import { describe, expect, it } from 'vitest'
import { seeded } from '../kernel/rng.ts'
import { createOrder, mostMixed } from './order.ts'

type Order = ReturnType<typeof createOrder>
const always = () => true

/** All that are left, as they are handed out. */
function allOf(order: Order, total: number, isOfUse: (index: number) => boolean = always): number[] {
  const all: number[] = []
  for (let one = order.first(total, isOfUse); one !== undefined; one = order.first(total, isOfUse)) {
    all.push(one)
    order.take()
  }
  return all
}
const upTo = (total: number): number[] => Array.from({ length: total }, (_, index) => index)

describe('the order of tasks that nobody had yet', () => {
  it('[KN4] is their own where nobody draws', () => {
    expect(allOf(createOrder(), 100)).toEqual(upTo(100))
  })

  it('[KN4] has each task once, in any order', () => {
    const drawn = allOf(createOrder(seeded(1)), 1_000)
    expect(drawn).not.toEqual(upTo(1_000))
    expect(drawn.toSorted((one, other) => one - other)).toEqual(upTo(1_000))
  })

  it('[KN4] mixes no task with one that comes much later, so that its input is at hand', () => {
    const total = 3 * mostMixed
    for (const [place, index] of allOf(createOrder(seeded(2)), total).entries())
      expect(index < place + mostMixed).toBe(true)
  })

  it('[KN4] names the same one until it is taken, also when more tasks come meanwhile', () => {
    const order = createOrder(seeded(3))
    const first = order.first(10, always)
    expect(order.first(1_000, always)).toBe(first)
    order.take()
    expect(order.first(1_000, always)).not.toBe(first)
  })

  it('[KN4] leaves out what is of no use any more, whenever that comes out', () => {
    const order = createOrder(seeded(4))
    const first = order.first(10, always)
    const rest = allOf(order, 10, (index) => index !== first)
    expect([first, ...rest].toSorted((one, other) => one! - other!)).toEqual(upTo(10))
  })
})
