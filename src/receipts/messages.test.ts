import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import { timestamp } from '../kernel/time.ts'
import { open, prove, registry, sealed } from '../wire/gate.ts'
import { ExecutionReceipt, mostOutputCids, receiptEvents } from './messages.ts'
import { exampleCid, receipt } from './receipt.examples.ts'

const most = Number.MAX_SAFE_INTEGER
const latest = timestamp(2 ** 48)
const signature = new Uint8Array(64)

const largest = receipt({
  issuedAt: latest,
  prev: exampleCid('before'),
  sequence: 10_000_000,
  isFinal: true,
  outcome: 'CompletedSuccessfully',
  fineStatus: 'AwaitingAssignmentConfirmation',
  taskCount: 10_000_000,
  okCount: 5_000_000,
  failedCount: 5_000_000,
  outputCids: Array.from({ length: mostOutputCids }, (_, i) => exampleCid(`output ${i}`)),
  logsCid: exampleCid('logs'),
  usage: {
    durationUs: most,
    cpuUs: most,
    memoryBytes: most,
    storageBytes: most,
    bytesIn: most,
    bytesOut: most,
    fuel: 2n ** 64n - 1n,
    hostUnits: 2n ** 64n - 1n,
    custom: Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${i}`.repeat(32), 2n ** 64n - 1n])),
  },
  cost: (2n ** 63n - 1n) as Amount,
  startedAt: latest,
  endedAt: latest,
})

describe('an execution receipt on the wire', () => {
  it('[RC9] of the largest size fits, sealed, into a value of the DHT', () => {
    const bytes = sealed(largest.bytes, signature)
    expect(largest.bytes.length).toBeLessThanOrEqual(ExecutionReceipt.maxBytes)
    expect(bytes.length).toBeLessThanOrEqual(4_096)
    const opened = open(registry(receiptEvents), bytes)
    expect(opened).toMatchObject({ ok: true })
  })

  it('[WI6] [WI10] comes through the gate as it was said, counters as bigint', () => {
    const told = receipt({ usage: { ...largest.body.usage, fuel: 3n }, cost: 5n as Amount })
    const opened = open(registry(receiptEvents), sealed(told.bytes, signature))
    const proven = opened.ok ? prove(opened.value, true) : opened
    expect(proven).toMatchObject({ ok: true, value: { id: told.id, body: told.body } })
  })

  it.each([
    ['an unknown field', { extra: 1 }],
    ['a root of 31 bytes', { root: new Uint8Array(31) }],
    ['a negative count', { taskCount: -1 }],
    ['an outcome of its own', { outcome: 'Completed' }],
    ['too many outputs', { outputCids: Array.from({ length: mostOutputCids + 1 }, () => exampleCid('x')) }],
  ])('[WI5] refuses %s', (_, wrong) => {
    const told = receipt(wrong as never)
    expect(open(registry(receiptEvents), sealed(told.bytes, signature))).toMatchObject({ ok: false })
  })
})
