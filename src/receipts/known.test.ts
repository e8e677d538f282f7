import { describe, expect, it } from 'vitest'
import { seeded } from '../kernel/rng.ts'
import type { Providers } from './checking.ts'
import { createKnownTasks } from './known.ts'
import { exampleDid } from './receipt.examples.ts'

const ada = exampleDid('A')
const bob = exampleDid('B')
const cyd = exampleDid('C')
const dan = exampleDid('D')
const agreed = { how: 'agreed', digest: 'right', verdict: 'ok', agreed: [ada, bob], wrong: [] } as const

const knownTasks = (told: Partial<Providers> = {}) =>
  createKnownTasks({
    trackOf: () => 20,
    marksOf: () => [],
    heldTasks: () => 60,
    isDear: false,
    rng: seeded(4),
    ...told,
  })
/** In so many hands some of them are known. */
const drawn = (known: ReturnType<typeof knownTasks>, provider = cyd) => known.draw(provider, 5_000)

describe('a task whose answer is known', () => {
  it('[KN2] is one that others agreed on, and given to a provider once', () => {
    const known = knownTasks()
    expect(drawn(known)).toEqual([])
    known.ended(1, { ...agreed, how: 'single', agreed: [ada] })
    known.ended(2, { ...agreed, how: 'unverified' })
    expect(drawn(known)).toEqual([])
    known.ended(3, agreed)
    expect(drawn(known)).toEqual([3])
    expect(drawn(known)).toEqual([])
    expect(drawn(known, dan)).toEqual([3])
    expect(drawn(known, ada)).toEqual([])
  })

  it('[KN2] is none that its provider saw, or whoever shares its address range said', () => {
    const known = knownTasks({ marksOf: (one) => (one === ada || one === cyd ? ['home'] : []) })
    known.ended(3, agreed)
    expect(drawn(known)).toEqual([])
    known.handed(dan, 3)
    expect(drawn(known, dan)).toEqual([])
  })

  it('[KN2] is given as often as a fifth of the checks, and never to who is compared in every task', () => {
    const often = (told: Partial<Providers>) => {
      const known = knownTasks(told)
      for (let index = 0; index < 64; index++) known.ended(index, agreed)
      let count = 0
      for (let n = 0; n < 100; n++) count += known.draw(exampleDid(`P${n}`), 100).length
      return count
    }
    expect(often({ trackOf: () => 9 })).toBe(0)
    // One in twenty is checked, one in a hundred is known beside that.
    expect(Math.abs(often({ trackOf: () => 100 }) - 100)).toBeLessThan(30)
  })

  it('[KN3] says at once whether its provider is right', () => {
    const known = knownTasks()
    known.ended(3, agreed)
    known.ended(4, agreed)
    drawn(known)
    expect([known.answered(cyd, 3, 'right'), known.answered(cyd, 4, 'wrong')]).toEqual([true, false])
    expect(known.answered(cyd, 3, 'wrong')).toBeUndefined()
  })

  it('[KN3] says nothing once its answer is not believed any longer, or of the moment', () => {
    const known = knownTasks()
    known.ended(3, agreed)
    known.ended(4, agreed)
    drawn(known)
    known.lost([3])
    expect([known.answered(cyd, 3, 'wrong'), known.answered(cyd, 4, undefined)]).toEqual([undefined, undefined])
    expect(drawn(known, dan)).toEqual([4])
  })
})
