import { describe, expect, it } from 'vitest'
import type { TaskCheck } from '../../sdk/api-checking.ts'
import type { Did } from '../../wire/schema.ts'
import { noChecks, noteCheck } from './check-tally.ts'
import { checkedAs, lossWords, policyWords, unverifiedWords } from './check-words.ts'

const [a, b, c] = ['did:key:a', 'did:key:b', 'did:key:c'] as Did[] as [Did, Did, Did]
const agreed: TaskCheck = { how: 'agreed', agreed: [a, b], wrong: [c] }
const alone: TaskCheck = { how: 'unverified', agreed: [a], wrong: [] }

describe('what came of checking', () => {
  it('counts what agreed, what nobody checked, what was computed beyond one, and who was wrong', () => {
    const tally = noChecks()
    for (const check of [agreed, agreed, alone, { ...alone, how: 'single' } as const, undefined])
      noteCheck(tally, check)
    expect(tally).toEqual({ results: 4, agreed: 2, single: 1, unverified: 1, copies: 4, wrong: new Map([[c, 2]]) })
    noteCheck(tally, agreed, -1)
    expect(tally).toMatchObject({ results: 3, agreed: 1, copies: 2, wrong: new Map([[c, 1]]) })
  })

  it('is told in plain words, result by result', () => {
    expect(checkedAs(agreed)).toEqual({ words: '2 agree', tone: undefined })
    expect(checkedAs(alone)).toEqual({ words: 'Unverified', tone: 'amber' })
    expect(unverifiedWords({ ...noChecks(), unverified: 1 })).toMatch(/^One result is unverified/)
    expect(policyWords({ mode: 'once', because: 'the network' })).toMatch(/cannot be compared because of the network/)
    expect(policyWords({ mode: 'confidence', faultPpm: 10 })).toMatch(/99.999 %/)
  })

  it('says what a liar lost', () => {
    expect(lossWords(1, { claimed: 0n, paid: 0n })).toBe(
      '1 wrong answer. It was sent away, and is not asked for a day.',
    )
    expect(lossWords(3, { claimed: 2_000_000n, paid: 500_000n })).toMatch(/not paid 1.5 credits of 2 credits/)
    expect(lossWords(3, { claimed: 2_000_000n, paid: 2_000_000n })).toMatch(/It had been paid/)
  })
})
