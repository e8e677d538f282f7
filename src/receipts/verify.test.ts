import { describe, expect, it } from 'vitest'
import type { WireResult } from '../activity/messages.ts'
import type { Amount } from '../kernel/amount.ts'
import type { Terms } from '../market/messages.ts'
import { counters } from '../market/offer-properties-names.ts'
import { type Leaf, leafHash, merkleRoot, salt } from './merkle.ts'
import type { Usage } from './messages.ts'
import { activity, receipt } from './receipt.examples.ts'
import { costOf, usageVectorOf, withTask } from './usage.ts'
import { type FrameUse, verifyCost, verifyFrame, verifyUsage } from './verify.ts'

const leaves = [0, 1, 2].map(
  (index): Leaf => ({
    index,
    salt: salt(activity, index),
    inputHash: new Uint8Array(32).fill(index),
    outputHash: new Uint8Array(32).fill(9),
    status: index === 1 ? 'failed' : 'ok',
    exitCode: index === 1 ? 3 : 0,
  }),
)
const root = merkleRoot(leaves.map(leafHash))
const told = receipt({ taskCount: 3, okCount: 2, failedCount: 1, root }).body

describe('a frame against its receipt', () => {
  it('[VF1] holds where both saw the same', () => {
    expect(verifyFrame(told, leaves)).toMatchObject({ ok: true })
  })

  it.each([
    ['a task left out', 'frame-count-differs', leaves.slice(1)],
    ['a task twice', 'frame-task-twice', [leaves[0]!, leaves[1]!, leaves[0]!]],
    ['a failure told as good', 'frame-status-differs', leaves.map((leaf): Leaf => ({ ...leaf, status: 'ok' }))],
    ['another output', 'frame-root-differs', leaves.map((leaf) => ({ ...leaf, outputHash: new Uint8Array(32) }))],
    ['another order', 'frame-root-differs', [...leaves].reverse()],
  ] as const)('[VF1] refuses %s', (_, code, found) => {
    expect(verifyFrame(told, found)).toMatchObject({ ok: false, code })
  })
})

const task = (told: Partial<WireResult> = {}): WireResult => ({
  index: 0,
  status: 'ok',
  exitCode: 0,
  stdout: new Uint8Array(3),
  stderr: new Uint8Array(0),
  files: {},
  durationUs: 40,
  memoryBytes: 65_536,
  fuel: 700n,
  hostUnits: 10n,
  ...told,
})
const before: Usage = {
  durationUs: 10,
  cpuUs: 8,
  memoryBytes: 131_072,
  storageBytes: 0,
  bytesIn: 5,
  bytesOut: 100,
  fuel: 9n,
  hostUnits: 3n,
}
const added: Usage = { ...before, durationUs: 90, cpuUs: 88, bytesOut: 100 + 2 * 67, fuel: 1_409n, hostUnits: 23n }
const frame = {
  before,
  results: [task(), task({ index: 1 })],
  limits: { memoryPages: 2, fuel: 700n },
  ageMs: 0,
  threads: 2,
  isInteractive: false,
  sentBytes: 5,
}
const used = (told: Partial<Usage>, about: Partial<FrameUse> = {}) =>
  verifyUsage(receipt({ usage: { ...added, ...told } }).body, { ...frame, ...about })

describe('the usage of a frame', () => {
  it('[VF3] is that of the receipt before and of its tasks, to the unit', () => {
    expect(used({})).toMatchObject({ ok: true })
    expect(used({ fuel: 1_410n })).toMatchObject({
      code: 'usage-differs',
      facts: { counter: 'fuel', told: 1_410n, found: 1_409n },
    })
    for (const wrong of [
      { fuel: 1_408n },
      { durationUs: 91 },
      { cpuUs: 89 },
      { hostUnits: 24n },
      { bytesOut: 235 },
      { memoryBytes: 0 },
      { storageBytes: 1 },
    ])
      expect(used(wrong)).toMatchObject({ code: 'usage-differs', facts: { counter: Object.keys(wrong)[0] } })
  })

  it('[VF3] of the first frame is that of its tasks alone, and of a last one that of the receipt before', () => {
    const first = { durationUs: 80, cpuUs: 80, memoryBytes: 65_536, bytesOut: 134, fuel: 1_400n, hostUnits: 20n }
    expect(used(first, { before: undefined })).toMatchObject({ ok: true })
    expect(used(before, { results: [] })).toMatchObject({ ok: true })
  })

  it('[VF4] of tasks that somebody types into tells of time before their results come, within the time that there was', () => {
    const typedInto = (told: Partial<Usage>) => used(told, { isInteractive: true, results: [] })
    const none = { ...before, durationUs: 2_000_000, cpuUs: 1_000_000 }
    expect(typedInto(none)).toMatchObject({ ok: true })
    expect(typedInto({ ...none, fuel: 10n })).toMatchObject({ code: 'usage-differs', facts: { counter: 'fuel' } })
    expect(typedInto({ ...none, cpuUs: 2_000_001 })).toMatchObject({ facts: { counter: 'cpuUs' } })
    expect(typedInto({ ...none, durationUs: 20_000_001 })).toMatchObject({ facts: { counter: 'durationUs' } })
    expect(typedInto({ ...none, memoryBytes: 131_073 })).toMatchObject({ facts: { counter: 'memoryBytes' } })
  })

  it('[VF4] is within what a task may use, what was sent and the time that has passed', () => {
    expect(used({}, { limits: { memoryPages: 2, fuel: 699n } })).toMatchObject({
      code: 'usage-over-limit',
      facts: { counter: 'fuel', told: 700n, most: 699n },
    })
    expect(used({}, { limits: { memoryPages: 2 } })).toMatchObject({ ok: true })
    expect(used({}, { limits: { memoryPages: 1 } })).toMatchObject({ facts: { counter: 'memoryBytes' } })
    expect(used({ bytesIn: 6 })).toMatchObject({ facts: { counter: 'bytesIn' } })
    expect(used({ bytesIn: 6 }, { sentBytes: undefined })).toMatchObject({ ok: true })
    expect(used({}, { limits: { memoryPages: 2, hostUnits: 9n } })).toMatchObject({ facts: { counter: 'hostUnits' } })
    const long = task({ durationUs: 10_000_001 })
    const told = { durationUs: 10_000_011, cpuUs: 10_000_009, bytesOut: 167, fuel: 709n, hostUnits: 13n }
    expect(used(told, { results: [long] })).toMatchObject({
      facts: { counter: 'durationUs' },
    })
  })
})

const usage = {
  durationUs: 1_500_000,
  cpuUs: 7,
  memoryBytes: 2 ** 30,
  storageBytes: 2 ** 29,
  bytesIn: 2 ** 20,
  bytesOut: 1,
}
const coefficients = [100n, 3n, 7n] as Amount[]
const terms = { usageVector: [counters.durationSec, counters.memoryGib], coefficients } as unknown as Terms

describe('the cost of usage', () => {
  it('[US1] gives every counter in millionths of its unit', () => {
    const names = Object.values(counters)
    const vector = usageVectorOf(names, { ...usage, fuel: 2_000_000_000n, hostUnits: 5n })
    expect(vector).toMatchObject({ value: [1_500_000n, 7n, 1_000_000n, 500_000n, 1_000_000n, 0n, 2_000_000n, 5n] })
    expect(usageVectorOf(['constructor'], usage)).toMatchObject({ code: 'counter-unknown' })
  })

  it('[US3] adds a task to what its activity used, and keeps the largest memory', () => {
    expect([task(), task({ memoryBytes: 196_608 })].reduce(withTask, before)).toEqual({
      ...added,
      memoryBytes: 196_608,
    })
  })

  it('[US2] [VF2] adds the fixed fee once and compares to the micro-credit', () => {
    expect(costOf(terms, usage)).toMatchObject({ value: 150n + 3n + 7n })
    expect(verifyCost(receipt({ usage, cost: 160n as Amount }).body, terms)).toMatchObject({ ok: true })
    expect(verifyCost(receipt({ usage, cost: 161n as Amount }).body, terms)).toMatchObject({ code: 'cost-differs' })
  })

  it('[US2] refuses coefficients that do not fit the vector', () => {
    expect(costOf({ ...terms, coefficients: coefficients.slice(1) }, usage)).toMatchObject({
      code: 'usage-length-differs',
    })
  })
})
