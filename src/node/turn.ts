import { assert } from '../kernel/assert.ts'
import type { Result } from '../kernel/result.ts'
import type { Rng } from '../kernel/rng.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import type { Owed } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Effect } from './input.ts'
import { post } from './outbox.ts'
import type { NodeState } from './state.ts'

/** What is looked at again after something changed: one aggregate, or one of the node's own affairs. */
export type Key =
  | 'selling'
  | 'offers'
  | 'outbox'
  | `${'job' | 'workflow' | 'announcement' | 'thread' | 'agreement' | 'activity' | 'anchor' | 'account' | 'allocation' | 'dispute' | 'guild'}:${Cid}`

/** Whether a fact said anything: a repeat is no offence, and is not kept twice. */
export type Novelty = 'new' | 'known'
export const isNew = (folded: Result<Novelty>): boolean => folded.ok && folded.value === 'new'

/** One step under way: what it touched and what it wants. */
export type Turn = {
  readonly node: NodeState
  readonly now: Timestamp
  readonly rng: Rng
  readonly fold: (turn: Turn, event: Verified<AnyBody>) => Result<Novelty>
  /** A fact of our own log is folded again: it was admitted once, with more known than the log tells. */
  readonly isReplay: boolean
  readonly touched: Set<Key>
  readonly changed: Set<string>
  readonly stated: Verified<AnyBody>[]
  readonly effects: Effect[]
}

/** Says that this aggregate is to be looked at before the step ends, and that its watchers are to be told. */
export function touch(turn: Turn, key: Key): void {
  turn.touched.add(key)
  turn.changed.add(key)
}

/** States a fact of our own: named, folded and kept. A fact that our own fold refuses is our own mistake. */
export function say(turn: Turn, owed: Extract<Owed, { type: 'state' }>): Verified<AnyBody> {
  const { kind, fields, prev } = owed
  const event = kind.author({ author: turn.node.me, issuedAt: turn.now, prev }, fields) as Verified<AnyBody>
  const folded = turn.fold(turn, event)
  assert(folded.ok, `own ${kind.type} was refused: ${folded.ok ? '' : folded.code}`)
  turn.stated.push(event)
  return event
}

/** Carries out what a room owes. */
export function owe(turn: Turn, all: readonly Owed[]): void {
  for (const owed of all) {
    if (owed.type === 'state') say(turn, owed)
    else if (owed.type === 'deliver') {
      if (post(turn.node.outbox, owed, turn.now)) turn.touched.add('outbox')
    } else turn.effects.push(owed)
  }
}
