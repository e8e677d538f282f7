import { later, type Timestamp, timestamp } from '../kernel/time.ts'
import type { Did } from '../wire/schema.ts'
import { type Days, noDays, withDay } from './days.ts'
import { type Deed, deeds, type Observation, type TerminationCode, terminationCodes } from './observation.ts'
import { evolveTracks, type Track } from './track.ts'

/** Sums over observations, for ever and by day: nothing in them depends on the order in which those came. */
export type Counts = Readonly<Record<Deed, number>> & {
  readonly terminated: Readonly<Record<TerminationCode, number>>
  readonly lastSeen: Timestamp
  /** What the score is made of. */
  readonly days: Days
}

/** What this node has itself seen of one peer. Immutable: replaced whole. */
export type Standing = {
  readonly did: Did
  readonly all: Counts
  readonly byTag: ReadonlyMap<string, Counts>
  /** By runtime and price class: see `trackOf`. */
  readonly tracks: ReadonlyMap<string, Track>
  /** RP12: when it was last forgiven. */
  readonly forgivenAt?: Timestamp | undefined
}

/** Runtimes that are counted apart. The list is fixed, for a peer that invents names must not fill memory. */
export const countedTags: readonly string[] = ['wasi-p1', 'component', 'function', 'inference']
export const countedTag = (tag: string): string => (countedTags.includes(tag) ? tag : 'other')

export const noCounts: Counts = {
  ...recordOf(deeds),
  terminated: recordOf(terminationCodes),
  lastSeen: timestamp(0),
  days: noDays,
}

const unknown = (did: Did): Standing => ({ did, all: noCounts, byTag: new Map(), tracks: new Map() })

/** RP5: folds one observation; the same observations in any order give the same standing. */
export function evolveStanding(standing: Standing | undefined, seen: Observation): Standing {
  const known = standing ?? unknown(seen.about)
  const all = added(known.all, seen)
  if (seen.tag === undefined) return { ...known, all }
  const tag = countedTag(seen.tag)
  const byTag = new Map(known.byTag).set(tag, added(known.byTag.get(tag) ?? noCounts, seen))
  return { ...known, all, byTag, tracks: evolveTracks(known.tracks, tag, seen) }
}

/** RP12: what stood against somebody until then does not count any more. */
export function forgiven(standing: Standing | undefined, { about, at }: { about: Did; at: Timestamp }): Standing {
  const known = standing ?? unknown(about)
  return { ...known, forgivenAt: later(known.forgivenAt ?? at, at) }
}

function added(counts: Counts, seen: Observation): Counts {
  const { deeds: done, terminated, at } = seen
  return {
    completed: sum(counts.completed, done.completed ?? 0),
    failed: sum(counts.failed, done.failed ?? 0),
    verified: sum(counts.verified, done.verified ?? 0),
    disputed: sum(counts.disputed, done.disputed ?? 0),
    withdrawn: sum(counts.withdrawn, done.withdrawn ?? 0),
    paid: sum(counts.paid, done.paid ?? 0),
    unpaid: sum(counts.unpaid, done.unpaid ?? 0),
    terminated: terminated
      ? { ...counts.terminated, [terminated]: sum(counts.terminated[terminated], 1) }
      : counts.terminated,
    lastSeen: later(at, counts.lastSeen),
    days: withDay(counts.days, seen),
  }
}

/** Counts stop where whole numbers end, whatever the order. */
const sum = (a: number, b: number): number => Math.min(a + b, Number.MAX_SAFE_INTEGER)

function recordOf<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>
}
