import { describe, expect, it } from 'vitest'
import { compareRuns, digestOfRun, type Run } from './again.ts'

const run: Run = { status: 'ok', exitCode: 0, outputHash: new Uint8Array(32), fuel: 7n }

describe('a task that is run again', () => {
  it('[EX1] is the same where nothing that counts differs', () => {
    expect(compareRuns(run, run)).toEqual({ isSame: true, differs: [] })
    const trapped: Run = { ...run, status: 'failed', exitCode: -1, code: 'trapped' }
    expect(compareRuns(trapped, { ...trapped, code: 'memory-over-limit' })).toEqual({ isSame: true, differs: [] })
  })

  it('[EX1] tells everything that differs', () => {
    const other: Run = { status: 'failed', exitCode: 1, outputHash: new Uint8Array(32).fill(1), fuel: 8n }
    expect(compareRuns(run, other)).toEqual({ isSame: false, differs: ['status', 'exitCode', 'output', 'fuel'] })
    expect(compareRuns(run, { ...run, fuel: 8n })).toEqual({ isSame: false, differs: ['fuel'] })
  })

  it('[EX1] [EX2] has one text for all that can be compared of it, and none where it ended by the moment', () => {
    const others: Run[] = [
      { ...run, status: 'failed' },
      { ...run, exitCode: 1 },
      { ...run, outputHash: new Uint8Array(32).fill(1) },
      { ...run, fuel: 8n },
      { ...run, hostUnits: 0n },
    ]
    const texts = [run, ...others].map(digestOfRun)
    expect(new Set(texts).size).toBe(6)
    expect(digestOfRun({ ...run, code: 'trapped' })).toBe(texts[0])
    expect(digestOfRun({ ...run, code: 'timed-out' })).toBeUndefined()
  })

  it.each(['timed-out', 'stopped', 'queue-full', 'worker-lost', 'start-failed'])(
    '[EX2] is compared with nothing where a run ended in %s',
    (code) => {
      const ended: Run = { ...run, status: 'failed', exitCode: -1, fuel: 0n, code }
      expect(compareRuns(ended, run)).toEqual({ isSame: undefined, why: code })
      expect(compareRuns(run, ended)).toEqual({ isSame: undefined, why: code })
    },
  )
})
