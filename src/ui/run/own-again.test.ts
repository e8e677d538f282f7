import { describe, expect, it } from 'vitest'
import { usualLimits } from './LimitFields.tsx'
import { ownAgainOf, ownValues } from './own-again.ts'

describe('an own program asked for again after a reload', () => {
  it('comes with its name, limits and arguments, and without its files and lines', () => {
    const limits = { memoryMb: 256, timeoutMs: 5_000, outputBytes: 1_048_576, fuel: 1e9 }
    const program = { args: '--fast\n-v', files: [], tasks: { kind: 'lines', text: 'a\nb' } } as const
    const kept = JSON.parse(JSON.stringify(ownValues({ name: 'sum.wasm', program, limits, isInteractive: true })))
    expect(ownAgainOf(kept)).toEqual({
      name: 'sum.wasm',
      program: { args: '--fast\n-v', files: [], tasks: { kind: 'lines', text: '' } },
      limits,
      isInteractive: true,
    })
  })

  it('starts as a new form where nothing, or junk, is remembered', () => {
    const program = { args: '', files: [], tasks: { kind: 'one' } }
    const empty = { name: '', program, limits: usualLimits, isInteractive: false }
    for (const values of [{}, { memoryMb: 'much', args: 7, tasks: 'all', name: true }])
      expect(ownAgainOf(values)).toEqual(empty)
  })
})
