import { describe, expect, it } from 'vitest'
import type { Timestamp } from '../../kernel/time.ts'
import type { ListEntry } from '../../sdk/api-reputation.ts'
import { refusalFigures } from '../donate/refusal-words.ts'
import { minuteWords, points, rankWords } from '../parts/choice-words.ts'
import {
  classWords,
  entryWords,
  permilleOf,
  restsOn,
  standingOf,
  starsOf,
  starText,
  weightWords,
} from './peer-words.ts'

const nothing = { completed: 0, failed: 0, verified: 0, disputed: 0, withdrawn: 0, paid: 0, unpaid: 0 }
const entry = (name: string, rule: ListEntry['rule'], role: ListEntry['role'] = 'provider'): ListEntry => ({
  kind: 'did',
  name,
  role,
  rule,
  at: 1 as Timestamp,
})

describe('what is known of a tab, in words', () => {
  it('says on how much a score rests', () => {
    expect(restsOn({ tasks: 0, deeds: nothing })).toMatch(/not worked for you yet/)
    expect(restsOn({ tasks: 1.2, deeds: { ...nothing, completed: 4 } })).toMatch(/^It rests on 1 task that still count/)
  })

  it('gives and reads stars, and says what a review weighs', () => {
    expect([1, 2, 3, 4, 5].map((stars) => starsOf(permilleOf(stars)))).toEqual([1, 2, 3, 4, 5])
    expect([starsOf(0), starText(2)]).toEqual([1, '★★☆☆☆'])
    expect([weightWords(0), weightWords(500)].join()).toMatch(/does not count.*50 of 100/)
  })

  it('says how it stands on the own lists: who is blocked in one role is blocked', () => {
    const lists = [entry('a', 'allow'), entry('a', 'block', 'requestor'), entry('b', 'only')]
    expect(['a', 'b', 'c'].map((name) => standingOf(lists, name))).toEqual(['blocked', 'only', 'none'])
    expect(entryWords(entry('a', 'block', 'requestor'))).toBe('Blocked, as one you work for')
    expect(entryWords({ ...entry('m', 'allow'), kind: 'module' })).toBe('Always allowed, as a program')
    expect(entryWords({ ...entry('s', 'only'), kind: 'signer' })).toBe('Only these, as a signer of programs')
  })

  it('names the prices of a class', () => {
    expect([classWords(0), classWords(1), classWords(10)]).toEqual([
      'free',
      'under 0.000004 credits a task',
      'under 1.048576 credits a task',
    ])
  })
})

describe('where somebody stood in a choice', () => {
  const figures = { rank: 4, of: 9, score: 612, bestScore: 850, price: 20_000n as never, reputationPermille: 500 }

  it('is told as rank, score, price and name', () => {
    expect([0, 1, 2, 3, 4, 12].map((rank) => rankWords({ rank, of: 12 }))).toEqual([
      'Passed over',
      'First of 12',
      'Second of 12',
      'Third of 12',
      '4th of 12',
      '12th of 12',
    ])
    expect([points(700), minuteWords(0n), minuteWords(20_000n)]).toEqual(['70 of 100', 'Free', '0.02 credits a minute'])
  })

  it('is told to whoever was not chosen', () => {
    expect(refusalFigures(figures)).toBe(
      'You asked for 0.02 credits a minute, and your good name there was 50 of 100. You came 4th of 9. Together that made 61 of 100; the best had 85 of 100.',
    )
    const { score: _, bestScore: __, ...passedOver } = { ...figures, rank: 0 }
    expect(refusalFigures({ ...passedOver, price: 0n as never })).toBe(
      'You asked for nothing, and your good name there was 50 of 100.',
    )
  })
})
