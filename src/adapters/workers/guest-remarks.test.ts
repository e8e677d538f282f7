import { describe, expect, it } from 'vitest'
import { hostError, hostLimits } from '../../activity/host-abi.ts'
import { addAnchor, addCount, addLine, newRemarks } from './guest-remarks.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const read = (given: Uint8Array): string => new TextDecoder().decode(given)

describe('[HA3] what a program says beside its output', () => {
  it('has a line for each word, whatever is in it', () => {
    const remarks = newRemarks()
    expect([addLine(remarks, 3, bytes('two\nlines')), addLine(remarks, 0, bytes(''))]).toEqual([0, 0])
    expect(addLine(remarks, 5, bytes('louder'))).toBe(hostError.invalid)
    expect(addLine(remarks, 2, new Uint8Array(hostLimits.logLineBytes + 1))).toBe(hostError.overLimit)
    expect(read(remarks.log.bytes)).toBe('warn two lines\ntrace \n')
  })

  it('counts what has a name, up to eight of them, and no further than a receipt can say', () => {
    const remarks = newRemarks()
    for (const name of ['', '1st', 'with space', 'é', 'x'.repeat(33)]) {
      expect(addCount(remarks, name, 1n)).toBe(hostError.invalid)
    }
    for (let n = 0; n < 8; n++) expect(addCount(remarks, `counter.${n}`, 2n)).toBe(0)
    expect(addCount(remarks, 'ninth', 1n)).toBe(hostError.overLimit)
    expect([addCount(remarks, 'counter.0', 3n), remarks.counters.get('counter.0')]).toEqual([0, 5n])
    expect(addCount(remarks, 'counter.0', 2n ** 63n)).toBe(hostError.overLimit)
    expect(remarks.counters.get('counter.0')).toBe(5n)
  })

  it('anchors as much as a receipt can name, and keeps what it was then', () => {
    const remarks = newRemarks()
    const data = bytes('hash')
    expect(addAnchor(remarks, data)).toBe(1)
    data.fill(0)
    expect(read(remarks.anchors[0]!)).toBe('hash')
    expect(addAnchor(remarks, new Uint8Array(hostLimits.anchorBytes + 1))).toBe(hostError.overLimit)
    for (let n = 1; n < hostLimits.anchors; n++) addAnchor(remarks, data)
    expect(addAnchor(remarks, data)).toBe(hostError.overLimit)
  })
})
