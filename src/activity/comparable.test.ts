import { describe, expect, it } from 'vitest'
import { readComparable } from './comparable.ts'
import { sampleModule, samples } from './module-samples.ts'
import { prepareModule } from './prepare.ts'

const how = { runtime: 'wasi-p1', memoryPages: 16 } as const
const zero = [0x41, 0, 0xfd, 0x0f] // i32.const, i8x16.splat
const strange = {
  ...samples,
  relaxedVectors: sampleModule({ code: [...zero, ...zero, 0xfd, 0x80, 0x02, 0x1a] }),
  threads: sampleModule({ code: [0xfe, 0x03, 0x00] }),
  noProgram: new Uint8Array([0, 1, 2]),
  cutOff: samples.endlessPrint.subarray(0, -3),
  tooLarge: sampleModule({ memories: [[0, 17]] }),
}

describe('whether a module can be the same everywhere', () => {
  it('[DE2] is said by reading it as it is by preparing it', () => {
    for (const [name, bytes] of Object.entries(strange)) {
      const read = readComparable(bytes, how)
      const prepared = prepareModule(bytes, { ...how, isDeterministic: true })
      expect(read.ok ? 'fine' : read, name).toEqual(prepared.ok ? 'fine' : prepared)
    }
  })

  it('[DE2] is denied for what it uses', () => {
    const because = (bytes: Uint8Array) => {
      const read = readComparable(bytes, how)
      return read.ok ? undefined : read.facts['because']
    }
    expect(because(strange.relaxedVectors)).toBe('relaxed vectors')
    expect(because(strange.threads)).toBe('threads')
    expect(because(strange.empty)).toBeUndefined()
  })
})
