import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import type { Terms } from '../market/messages.ts'
import { counters } from '../market/offer-properties-names.ts'
import { type Leaf, leafHash, merkleRoot, salt } from './merkle.ts'
import { activity, receipt } from './receipt.examples.ts'
import { costOf, usageVectorOf } from './usage.ts'
import { verifyCost, verifyFrame } from './verify.ts'

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
    const vector = usageVectorOf(names, { ...usage, fuel: 2_000_000_000n })
    expect(vector).toMatchObject({ value: [1_500_000n, 7n, 1_000_000n, 500_000n, 1_000_000n, 0n, 2_000_000n] })
    expect(usageVectorOf(['constructor'], usage)).toMatchObject({ code: 'counter-unknown' })
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
