import { describe, expect, expectTypeOf, it } from 'vitest'
import { type EventOf, machine, type StateOf } from './machine.ts'

const door = machine('closed', {
  closed: { open: 'open', lock: 'locked', burn: 'gone' },
  open: { close: 'closed', burn: 'gone' },
  locked: { unlock: 'closed' },
  gone: {},
})

describe('machine', () => {
  it('knows its states and events', () => {
    expect(door.initial).toBe('closed')
    expect(door.states).toEqual(['closed', 'open', 'locked', 'gone'])
    expect([...door.events].sort()).toEqual(['burn', 'close', 'lock', 'open', 'unlock'])
  })

  it('goes where the table says, and nowhere else', () => {
    const table: Record<string, Record<string, string>> = door.table
    for (const state of door.states)
      for (const event of door.events) expect(door.next(state, event)).toBe(table[state]?.[event])
    expect(door.next('locked', 'open')).toBeUndefined()
  })

  it('is final where nothing leads on', () => {
    expect(door.states.filter(door.isFinal)).toEqual(['gone'])
  })

  it('types states and events from the table', () => {
    expectTypeOf<StateOf<typeof door>>().toEqualTypeOf<'closed' | 'open' | 'locked' | 'gone'>()
    expectTypeOf<EventOf<typeof door>>().toEqualTypeOf<'open' | 'lock' | 'burn' | 'close' | 'unlock'>()
    // @ts-expect-error a transition to a state that is not in the table does not compile
    machine('a', { a: { go: 'b' } })
  })
})
