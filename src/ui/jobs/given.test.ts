import { describe, expect, it } from 'vitest'
import type { JobMemory } from '../run/job-memory.ts'
import { givenOf } from './given.ts'

const given = (memory: Partial<JobMemory>, index: number) =>
  givenOf({ kind: 'own', values: {}, fileNames: [], ...memory })?.(index)

describe('what made a task its own', () => {
  it('is its call, its line, or its file', () => {
    const calls = { tasks: 'one', invoke: 'add', given: 'range', from: '5', rest: '1' }
    expect(given({ values: calls }, 2)).toBe('add(7, 1)')
    expect(given({ values: { tasks: 'lines', text: 'a 1\n\nb 2' } }, 1)).toBe('b 2')
    expect(given({ kind: 'javascript', values: { lines: '1 2\n3 4' } }, 1)).toBe('3 4')
    expect(given({ kind: 'minify', fileNames: ['a.js', 'b.js'] }, 1)).toBe('b.js')
  })

  it('is unknown where nothing of it is kept', () => {
    for (const memory of [{}, { values: { invoke: 'add', given: 'lines', lines: '' } }, { kind: 'picture' } as const])
      expect(given(memory, 0)).toBeUndefined()
  })
})
