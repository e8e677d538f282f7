import { describe, expect, it } from 'vitest'
import { addsUp, usageOfFrame } from './frame-usage.ts'
import { next, receipt, someUsage } from './receipt.examples.ts'

const first = receipt({ usage: { ...someUsage, fuel: 100n, durationUs: 50 } })
const second = next(first, { usage: { ...someUsage, fuel: 130n, durationUs: 60 } })

describe('the usage of a frame', () => {
  it('[RU1] is what the counters rose by since the receipt before', () => {
    expect(usageOfFrame(first.body, undefined)).toEqual({ fuel: 100n, durationUs: 50 })
    expect(usageOfFrame(second.body, first.body)).toEqual({ fuel: 30n, durationUs: 10 })
  })

  it('[RU1] is that of its results, to the unit', () => {
    const told = { fuel: 30n, durationUs: 10 }
    expect(addsUp(told, told)).toMatchObject({ ok: true })
    const refusal = { ok: false, code: 'frame-usage-differs' }
    expect(addsUp(told, { ...told, fuel: 29n })).toMatchObject(refusal)
    expect(addsUp(told, { ...told, durationUs: 11 })).toMatchObject(refusal)
  })
})
