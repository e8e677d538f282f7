import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aCid } from '../market/market.examples.ts'
import { createWaiting } from './waiting.ts'

const lanes = ['a', 'b', 'c'].map(aCid)
/** Lane `who` may never have every third task. */
const isBarred = (who: number, index: number): boolean => index % 3 === who

type Move = { readonly what: 'add' | 'take' | 'remove'; readonly who: number; readonly index: number }
const move: fc.Arbitrary<Move> = fc.record({
  what: fc.constantFrom('add', 'add', 'take', 'remove'),
  who: fc.nat(2),
  index: fc.nat(200),
})

describe('tasks that wait', () => {
  it('[SC16] are handed out oldest first to whoever may have them, whatever came and went', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 400, size: 'large' }), (moves) => {
        const waiting = createWaiting()
        let plain: number[] = []
        for (const { what, who, index } of moves) {
          if (what === 'add') {
            waiting.add(index)
            plain = [...plain.filter((one) => one !== index), index]
          } else if (what === 'remove') {
            waiting.remove(index)
            plain = plain.filter((one) => one !== index)
          } else {
            const found = waiting.first(lanes[who]!, (one) => (isBarred(who, one) ? 'never' : 'yes'))
            expect(found).toBe(plain.find((one) => !isBarred(who, one)))
            if (found !== undefined) waiting.remove(found)
            plain = plain.filter((one) => one !== found)
          }
          expect(waiting.count()).toBe(plain.length)
        }
        expect([...waiting.all()]).toEqual(plain)
      }),
    )
  })

  it('[SC16] come round again when they may be had later, or when everybody is asked anew', () => {
    const waiting = createWaiting()
    for (let index = 0; index < 5; index++) waiting.add(index)
    expect(waiting.first(lanes[0]!, () => 'later')).toBeUndefined()
    expect(waiting.first(lanes[0]!, (index) => (index < 2 ? 'never' : 'later'))).toBeUndefined()
    expect(waiting.first(lanes[0]!, () => 'yes')).toBe(2)
    waiting.askAnew()
    expect(waiting.first(lanes[0]!, () => 'yes')).toBe(0)
    expect(waiting.first(lanes[1]!, () => 'gone')).toBeUndefined()
    expect(waiting.count()).toBe(0)
  })
})
