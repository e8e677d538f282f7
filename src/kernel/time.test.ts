import { describe, expect, it } from 'vitest'
import { after, dayMs, earlier, timestamp } from './time.ts'

describe('time', () => {
  it('is whole milliseconds', () => {
    expect(timestamp(12.9)).toBe(12)
    expect(after(timestamp(10), 5.5)).toBe(15)
    expect(earlier(timestamp(10), timestamp(9))).toBe(9)
    expect(dayMs).toBe(86_400_000)
  })
})
