import { describe, expect, it } from 'vitest'
import { credits, creditsTyped } from './credits.ts'
import { bytes, duration, fuelTyped, shortId } from './format.ts'

describe('numbers as people read them', () => {
  it('says durations in their two largest units', () => {
    expect([0, 0.2, 40, 1_500, 59_000, 60_000, 200_000, 7_500_000].map(duration)).toEqual([
      '0 s',
      'under 1 ms',
      '40 ms',
      '1.5 s',
      '59 s',
      '1 min',
      '3 min 20 s',
      '2 h 5 min',
    ])
  })

  it('says sizes in decimal units', () => {
    expect([0, 999, 1_000, 12_345, 999_999, 5_000_000_000].map(bytes)).toEqual([
      '0 bytes',
      '999 bytes',
      '1.0 kB',
      '12 kB',
      '1.0 MB',
      '5.0 GB',
    ])
  })

  it('keeps both ends of an identity', () => {
    expect(shortId('did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK')).toBe('z6Mkha…a2doK')
  })
})

describe('credits', () => {
  it('says and reads the same amount, to the micro-credit', () => {
    for (const micro of [0n, 1n, 250_000n, 1_000_000n, 123_456_789n]) {
      expect(creditsTyped(credits(micro).split(' ')[0]!.replaceAll(',', ''))).toBe(micro)
    }
    expect(credits(1_000_000n)).toBe('1 credit')
  })

  it('takes a comma for a point and nothing that is no amount', () => {
    expect(creditsTyped(' 0,5 ')).toBe(500_000n)
    for (const text of ['', '-1', '1e9', '0.1234567', 'ten', '.5']) expect(creditsTyped(text)).toBeUndefined()
  })
})

describe('fuel as a person types it', () => {
  it('is read with its thousands, and anything else is no amount', () => {
    const typed = ['9000', '12k', '1.5 T', '250 G', '0,5 M', '1.0005 k', '-1', '5 X', 'G', '']
    expect(typed.map(fuelTyped)).toEqual([
      9_000n,
      12_000n,
      1_500_000_000_000n,
      250_000_000_000n,
      500_000n,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})
