import { expect, it } from 'vitest'
import { type Choosing, choosingAsked, usualChoosing } from './choosing.ts'

const asked = (part: Partial<Choosing>) => choosingAsked({ ...usualChoosing, ...part })

it('says nothing beside the preset where nothing was typed', () => {
  expect(asked({})).toEqual({ kind: 'asked', policy: {} })
})

it('says what was typed in the words of the policy', () => {
  expect(
    asked({ strategy: 'hybrid', nameWeight: '60', priceWeight: ' 40 ', leastScore: '45', regions: 'eu, de ,' }),
  ).toEqual({
    kind: 'asked',
    policy: {
      strategy: 'hybrid',
      weights: { reputation: 600, price: 400 },
      minReputation: 450,
      regions: ['eu', 'de'],
    },
  })
  expect(asked({ priceWeight: '0' })).toEqual({ kind: 'asked', policy: { weights: { price: 0 } } })
})

it.each([{ nameWeight: '101' }, { priceWeight: '-1' }, { leastScore: '4.5' }, { regions: 'x'.repeat(33) }])(
  'says what is lacking: %j',
  (part) => {
    expect(asked(part)).toMatchObject({ kind: 'lacking', words: expect.stringMatching(/\.$/) })
  },
)
