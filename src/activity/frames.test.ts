import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aCid } from '../market/market.examples.ts'
import {
  encodeFrame,
  exitCodeOf,
  fitsFrame,
  type ProviderFrame,
  parts,
  type RequestorFrame,
  readProviderFrame,
  readRequestorFrame,
  sizeOfBytes,
  taskToWire,
  toWire,
  verdictOf,
} from './frames.ts'
import { mostNumbers } from './numbers.ts'
import { failedTask, type TaskErrorCode, type TaskInput, type TaskOutcome } from './task.ts'

const none = new Uint8Array(0)
const task = { index: 3, args: ['-n'], env: { LANG: 'C' }, stdin: new Uint8Array([1, 2]), files: { 'a/b': none } }
const good: TaskOutcome = {
  status: 'ok',
  exitCode: 0,
  stdout: new Uint8Array([104, 105]),
  stderr: none,
  files: { out: none },
  usage: { durationUs: 5, memoryBytes: 65_536, fuel: 7n, hostUnits: 9n },
}
const scripted: TaskOutcome = {
  ...good,
  commands: [
    {
      index: 0,
      type: 'run',
      status: 'ok',
      exitCode: 0,
      stdout: none,
      stderr: none,
      durationUs: 0,
      fuel: 0n,
      message: '',
    },
    {
      ...{ index: 1, type: 'run', status: 'failed', exitCode: -1, stdout: new Uint8Array([1, 2, 3]), stderr: none },
      ...{ durationUs: 9, fuel: 2n ** 60n, message: 'x'.repeat(600), values: ['1n'], content: none },
    },
  ],
}
const script: NonNullable<TaskInput['script']> = [
  { type: 'deploy' },
  { type: 'start', args: ['-v'] },
  { type: 'transfer', from: 'file:a', to: 'content:' },
  { type: 'run', args: [], stdin: new Uint8Array([5]), invoke: 'f', params: ['1'] },
  { type: 'sign' },
  { type: 'terminate' },
]
const fromRequestor: readonly RequestorFrame[] = [
  { type: 'open', activity: aCid('activity'), received: 2, secret: new Uint8Array(16) },
  { type: 'run', tasks: [task] },
  { type: 'run', tasks: [taskToWire(4, { ...task, script })] },
  { type: 'ack', sequence: 7 },
  { type: 'recall', indexes: [1, 2] },
  { type: 'terminate', reason: 'job-over' },
]
const fromProvider: readonly ProviderFrame[] = [
  { type: 'state', state: 'Ready', progressPermille: 1_000 },
  { type: 'state', state: 'Terminated', progressPermille: 0, code: 'not-wasm', message: 'no' },
  { type: 'results', results: [toWire(3, good), toWire(4, scripted)], receipt: new Uint8Array([9]) },
  { type: 'returned', indexes: [4], code: 'stopped' },
]

describe('frames', () => {
  it('[FR1] are read back as they were written', () => {
    for (const frame of fromRequestor)
      expect(readRequestorFrame(encodeFrame(frame))).toEqual({ ok: true, value: frame })
    for (const frame of fromProvider) expect(readProviderFrame(encodeFrame(frame))).toEqual({ ok: true, value: frame })
  })

  it('[FR1] of one side are none of the other’s', () => {
    for (const frame of fromRequestor)
      expect(readProviderFrame(encodeFrame(frame))).toMatchObject({ code: 'malformed' })
    for (const frame of fromProvider)
      expect(readRequestorFrame(encodeFrame(frame))).toMatchObject({ code: 'malformed' })
  })

  it('[FR1] with a field too many, one too few, or one out of range are malformed', () => {
    for (const wrong of [
      { type: 'ack' },
      { type: 'ack', sequence: -1 },
      { type: 'ack', sequence: 1, more: 1 },
      { type: 'run', tasks: [{ ...task, index: mostNumbers + 1 }] },
      { type: 'run', tasks: [{ ...task, script: [{ type: 'run', more: 1 }] }] },
      { type: 'run', tasks: [{ ...task, script: [{ type: 'wait' }] }] },
      { type: 'run', tasks: [{ ...task, script: Array.from({ length: 257 }, () => script[0]) }] },
      { type: 'run', tasks: Array.from({ length: 1_025 }, () => task) },
      { type: 'open', activity: aCid('activity'), received: 0, secret: new Uint8Array(15) },
    ])
      expect(readRequestorFrame(encodeFrame(wrong as RequestorFrame))).toMatchObject({ code: 'malformed' })
  })

  it('[FR1] that are junk, whole or cut short, are malformed and throw nothing', () => {
    const whole = encodeFrame(fromRequestor[1]!)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(whole.length - 1), (junk, cut) => {
        expect(readProviderFrame(junk).ok && junk.length === 0).toBe(false)
        expect(readRequestorFrame(whole.subarray(0, cut))).toMatchObject({ ok: false, code: 'malformed' })
      }),
    )
  })
})

describe('outcomes', () => {
  it('[FR2] carry the exit code of a program, or that there was none', () => {
    for (const exitCode of [0, 1, 2 ** 32 - 1, -1]) expect(exitCodeOf(toWire(0, { ...good, exitCode }))).toBe(exitCode)
    expect(toWire(0, failedTask('trapped', '')).exitCode).toBe(2 ** 32)
  })

  it('[FR2] carry at most 512 characters of what was wrong', () => {
    const wire = toWire(0, failedTask('trapped', 'x'.repeat(5_000)))
    expect(wire.error).toEqual({ code: 'trapped', message: 'x'.repeat(512) })
    const frame = encodeFrame({ type: 'results', results: [wire], receipt: none })
    expect(readProviderFrame(frame).ok).toBe(true)
  })

  const verdicts: Record<TaskErrorCode, 'failed' | 'trapped' | 'again'> = {
    'exited-nonzero': 'failed',
    trapped: 'trapped',
    'out-of-fuel': 'trapped',
    'out-of-host-units': 'trapped',
    'stack-overflow': 'trapped',
    'memory-over-limit': 'trapped',
    'memory-not-given': 'again',
    'output-over-limit': 'trapped',
    'timed-out': 'trapped',
    'input-timed-out': 'failed',
    'output-not-taken': 'failed',
    'start-failed': 'again',
    'input-not-allowed': 'trapped',
    'queue-full': 'again',
    'content-missing': 'again',
    'transfer-failed': 'trapped',
    stopped: 'again',
    'worker-lost': 'again',
  }
  it.each(Object.entries(verdicts))('[FR3] with the code %s are taken as %s', (code, verdict) => {
    expect(verdictOf({ status: 'failed', error: { code, message: '' } })).toBe(verdict)
  })

  it('[FR3] that are ok are ok, whatever else they say', () => {
    expect(verdictOf({ status: 'ok', error: { code: 'trapped', message: '' } })).toBe('ok')
    expect(verdictOf({ status: 'failed', error: undefined })).toBe('failed')
    expect(verdictOf({ status: 'failed', error: { code: 'made-up', message: '' } })).toBe('failed')
  })
})

describe('cutting into frames', () => {
  it('[FR4] keeps the order, the limits, and everything', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50)),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (items, mostBytes, most) => {
          const all = parts(items, (size) => size, { mostBytes, most })
          expect(all.flat()).toEqual(items)
          for (const part of all) {
            expect(part.length).toBeGreaterThan(0)
            expect(part.length).toBeLessThanOrEqual(most)
            if (part.length > 1) expect(part.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(mostBytes)
          }
        },
      ),
    )
  })

  it('[FR4] counts what a task and a result weigh, and refuses what fits no frame', () => {
    expect(sizeOfBytes(task)).toBe(66)
    expect(sizeOfBytes(toWire(0, good))).toBe(66)
    expect(sizeOfBytes(toWire(0, scripted))).toBe(66 + 64 + 67 + 3 * 2)
    expect(sizeOfBytes({ ...task, script })).toBe(66 + 6 * 64 + 1 + 3)
    expect(fitsFrame(10, 10).ok).toBe(true)
    expect(fitsFrame(11, 10)).toMatchObject({ code: 'input-too-large', facts: { sizeBytes: 11, mostBytes: 10 } })
  })
})
