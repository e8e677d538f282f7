import { describe, expect, it } from 'vitest'
import { usualLimits } from './LimitFields.tsx'
import { ownAgainOf, ownValues } from './own-again.ts'
import { noCalls } from './own-calls.ts'

describe('an own program asked for again after a reload', () => {
  it('comes with its name, limits and arguments, lines and calls, and without its files', () => {
    const limits = { memoryMb: 256, timeoutMs: 5_000, outputBytes: 1_048_576, fuel: 1e9 }
    const program = { args: '--fast\n-v', files: [], tasks: { kind: 'lines', text: 'a\nb' } } as const
    const calls = { ...noCalls, invoke: 'add', given: 'range', lines: '1 2', from: '7', rest: '1' } as const
    const own = { name: 'sum.wasm', program, calls, limits, isInteractive: true, isDeterministic: true }
    expect(ownAgainOf(JSON.parse(JSON.stringify(ownValues(own))))).toEqual(own)
    const scripted = { ...own, program: { ...program, tasks: { kind: 'script', text: 'deploy' } } } as const
    expect(ownAgainOf(JSON.parse(JSON.stringify(ownValues(scripted))))).toEqual(scripted)
    const long = ownValues({ ...own, calls: { ...calls, lines: '1 2\n'.repeat(10_000) } })
    expect(ownAgainOf(long).calls.lines).toBe('')
  })

  it('starts as a new form where nothing, or junk, is remembered', () => {
    const program = { args: '', files: [], tasks: { kind: 'one' } }
    const asked = { isInteractive: false, isDeterministic: false }
    const empty = { name: '', program, calls: noCalls, limits: usualLimits, ...asked }
    for (const values of [{}, { memoryMb: 'much', args: 7, tasks: 'all', name: true }])
      expect(ownAgainOf(values)).toEqual(empty)
  })
})
