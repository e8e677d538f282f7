import { describe, expect, it } from 'vitest'
import { fuelAsked, noFuelWish } from './FuelBudget.tsx'

describe('a fuel budget as it was typed', () => {
  it('is none where nothing was typed', () => {
    expect(fuelAsked(noFuelWish, undefined)).toEqual({ kind: 'asked' })
  })

  it('takes the limit of one task from the form beside, or asks for it', () => {
    expect(fuelAsked({ most: '250 G', perTask: '' }, 1_000n)).toEqual({ kind: 'asked', maxFuel: 250_000_000_000n })
    expect(fuelAsked({ most: '1 G', perTask: '2 M' }, undefined)).toEqual({
      kind: 'asked',
      maxFuel: 1_000_000_000n,
      perTask: 2_000_000n,
    })
    expect(fuelAsked({ most: '1 G', perTask: '' }, undefined)).toMatchObject({
      kind: 'lacking',
      words: 'Say how much fuel one task may use.',
    })
  })

  it('says in words what is wrong with it', () => {
    expect(fuelAsked({ most: 'much', perTask: '' }, 1n)).toMatchObject({ kind: 'lacking' })
    expect(fuelAsked({ most: '1 M', perTask: '' }, 2_000_000n)).toMatchObject({
      words: 'One task may use 2 M: the budget must be as large.',
    })
  })
})
