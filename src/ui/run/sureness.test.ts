import { describe, expect, it } from 'vitest'
import { usualChoosing } from './choosing.ts'
import { costWords, whyNotCompared } from './sure-words.ts'
import {
  type Sureness,
  shareTyped,
  sureAsked,
  usualSureness,
  usualWishes,
  wishedFor,
  wishesOf,
  wishValues,
  withPreset,
} from './sureness.ts'

const sure = (part: Partial<Sureness>) => ({ ...usualWishes, sureness: { ...usualSureness, ...part } })

describe('how sure somebody wants to be', () => {
  it('asks for nothing where it is as usual, so that a job that cannot be compared is still taken', () => {
    expect(sureAsked(usualWishes)).toEqual({ kind: 'asked', redundancy: undefined })
    expect(wishedFor(usualWishes, sureAsked(usualWishes)).policy).toEqual({ preset: 'best-effort' })
  })

  it.each([
    [{ how: 'once' }, 'once'],
    [
      { how: 'quorum', quorum: '2', of: ' 3' },
      { quorum: 2, of: 3 },
    ],
    [{ how: 'witnessed', witnesses: '7' }, { witnesses: 7 }],
    [{ how: 'confidence' }, { confidence: 0.99 }],
    [{ how: 'confidence', confidence: '99.999' }, { confidence: 0.99999 }],
    [{ how: 'confidence', confidence: 'typed', typed: '97,5 %' }, { confidence: 0.975 }],
  ] as const)('asks for what was chosen: %j', (part, redundancy) => {
    expect(sureAsked(sure(part))).toEqual({ kind: 'asked', redundancy })
  })

  it.each([
    { how: 'quorum', quorum: '3', of: '2' },
    { how: 'quorum', quorum: '2', of: '17' },
    { how: 'quorum', quorum: '', of: '2' },
    { how: 'witnessed', witnesses: '8' },
    { how: 'confidence', confidence: 'typed', typed: '' },
    { how: 'confidence', confidence: 'typed', typed: '100' },
  ] as const)('says what is lacking: %j', (part) => {
    expect(sureAsked(sure(part))).toMatchObject({ kind: 'lacking', words: expect.stringMatching(/\.$/) })
  })

  it('reads a share as it was typed, exact to the millionth', () => {
    expect(['50', '99.9999', '99,5%', '49.9', '99.99999', '5', 'all'].map(shareTyped)).toEqual([
      0.5,
      0.999999,
      0.995,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('is filled in by a preset, and beside one that asks for more the usual is said by name', () => {
    const guaranteed = withPreset(usualWishes, 'guaranteed')
    expect(sureAsked(guaranteed)).toEqual({ kind: 'asked', redundancy: { quorum: 2, of: 3 } })
    const less = { ...guaranteed, sureness: usualSureness }
    expect(sureAsked(less)).toEqual({ kind: 'asked', redundancy: 'adaptive' })
    expect(withPreset(guaranteed, 'low-cost').sureness.how).toBe('adaptive')
  })

  it('asks for once where nothing can be compared, whatever is chosen', () => {
    const guaranteed = withPreset(usualWishes, 'guaranteed')
    expect(wishedFor(guaranteed, undefined).policy).toEqual({ preset: 'guaranteed', redundancy: 'once' })
    expect(wishedFor(sure({ how: 'quorum' }), undefined).policy).toEqual({ preset: 'best-effort' })
    expect(whyNotCompared({ isInteractive: true, runtime: undefined }, 'no')).toMatch(/type/)
    expect(whyNotCompared({ isInteractive: false, runtime: 'component' }, 'no')).toMatch(/component/)
    expect(whyNotCompared({ isInteractive: false, runtime: 'wasi-p1' }, 'only')).toMatch(/This tab/)
    expect(whyNotCompared({ isInteractive: false, runtime: 'function' }, 'too')).toBeUndefined()
  })

  it('is kept with a job and comes back, and what was kept by somebody else does no harm', () => {
    const choosing = { ...usualChoosing, strategy: 'reputation', leastScore: '40', regions: 'eu' } as const
    const wishes = { ...sure({ how: 'quorum', quorum: '3', of: '5' }), choosing, isSealed: true, guild: 'bafyroom' }
    expect(wishesOf(wishValues(wishes))).toEqual(wishes)
    expect(wishedFor(wishes, sureAsked(wishes))).toEqual({
      policy: {
        preset: 'best-effort',
        strategy: 'reputation',
        minReputation: 400,
        regions: ['eu'],
        redundancy: { quorum: 3, of: 5 },
        guild: 'bafyroom',
      },
      sealed: true,
    })
    expect(wishesOf(undefined)).toEqual(usualWishes)
    expect(wishesOf({ preset: 'free', strategy: 'luck', how: 7, confidence: '12', guild: true })).toEqual(usualWishes)
  })
})

describe('what it costs and gives, in words', () => {
  it('says how many copies, and of whom it would be wrong', () => {
    expect(costWords({ providers: 4, copies: 1 }, 'once')).toBe('About 1 copy of each task. Nobody checks it.')
    expect(costWords({ providers: 6, copies: 3, confidence: 0.8 }, 'quorum')).toBe(
      'About 3 copies of each task. If 2 of the 6 providers lie, all alike, at least 80 % of the results are right.',
    )
    expect(costWords({ providers: 9, copies: 6, confidence: 0.999 }, 'confidence')).toBe(
      'About 6 copies of each task. At least 99.9 % of the results are right.',
    )
    expect(costWords({ providers: 2, copies: 2, confidence: 1 }, 'quorum')).toMatch(/fewer than three/)
    expect(costWords({ providers: 1, copies: 1 }, 'adaptive')).toMatch(/unverified/)
    expect(costWords({ providers: 3, copies: 3, confidence: 1 }, 'quorum')).toMatch(
      /1 of the 3 providers lies, all results/,
    )
    expect(costWords({ providers: 3, copies: 1.1 }, 'witnessed')).toMatch(/No share .* can be promised/)
    expect(costWords({ providers: 3, copies: 3 }, 'quorum')).toMatch(/Fewer providers/)
  })

  it('says what is out of reach, and what is not', () => {
    expect(costWords({ providers: 3, copies: 3, best: 0.888888 }, 'confidence')).toBe(
      'Out of reach: the 3 providers in sight can give 88.8 % at best.',
    )
  })
})
