import type { Faults } from './faults.ts'

/** A seed that once failed, and what it showed. It runs with every test from then on. */
export type Pinned = {
  readonly seed: number
  readonly scenario: 'ten-nodes' | 'hostile-crowd' | 'credits' | 'announced' | 'fuel-sellers'
  /** Faults of that run; absent: the swarm's own draw. */
  readonly only?: readonly (keyof Faults)[]
  readonly showed: string
}

const soldTwice = 'After a start, what a silent requestor held was sold again before its agreement could be ended.'

const shutOut =
  'Names that never pay used up what is lent to newcomers, then held the machines without computing, for hours.'

export const pinned: readonly Pinned[] = [
  { seed: 1, scenario: 'ten-nodes', only: [], showed: 'An event left with another step before its own was durable.' },
  {
    seed: 5,
    scenario: 'ten-nodes',
    showed: 'A duplicate was appended to the log a second time, and so counted twice.',
  },
  {
    seed: 8,
    scenario: 'ten-nodes',
    showed: 'A replay refused old proposals as too many, and with them live agreements.',
  },
  { seed: 2, scenario: 'ten-nodes', showed: 'A reloaded provider idled its agreement away and was barred for a day.' },
  {
    seed: 103,
    scenario: 'ten-nodes',
    only: ['clockJumpEveryMs', 'skewMs'],
    showed: 'A clock set back gave a receipt that ended before it began.',
  },
  {
    seed: 101,
    scenario: 'ten-nodes',
    only: ['trapPermille', 'hangPermille', 'slowPermille', 'workerLostPermille'],
    showed: 'A provider at its credit limit was paid and did not go on; its lane stayed paused.',
  },
  { seed: 363, scenario: 'ten-nodes', showed: 'A replaced stream left its queue: one frame told of one task twice.' },
  { seed: 1, scenario: 'hostile-crowd', only: [], showed: 'Rejected threads of a spammer were kept without a number.' },
  {
    seed: 72,
    scenario: 'hostile-crowd',
    only: [],
    showed: 'A lie that came out while its author was asked again did not stop the agreement.',
  },
  ...[4, 6].map((seed) => ({ seed, scenario: 'credits' as const, showed: shutOut })),
  ...[35, 49].map((seed) => ({ seed, scenario: 'ten-nodes' as const, showed: soldTwice })),
  ...[57, 102].map((seed) => ({ seed, scenario: 'announced' as const, showed: soldTwice })),
  {
    seed: 57,
    scenario: 'ten-nodes',
    showed: 'A provider with idle threads ran more at once than was agreed, and its time was more than its age allows.',
  },
  {
    seed: 132,
    scenario: 'ten-nodes',
    showed: 'Of one stream, what a sleeping tab had put off twice came behind what was put off once.',
  },
]
