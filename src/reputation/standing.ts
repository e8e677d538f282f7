import { type Timestamp, timestamp } from '../kernel/time.ts'
import type { Did } from '../wire/schema.ts'
import { type Deed, deeds, type Observation, type TerminationCode, terminationCodes } from './observation.ts'

/** Sums over observations: nothing in them depends on the order in which those came. */
export type Counts = Readonly<Record<Deed, number>> & {
  readonly terminated: Readonly<Record<TerminationCode, number>>
  readonly lastSeen: Timestamp
}

/** What this node has itself seen of one peer. Immutable: replaced whole. */
export type Standing = {
  readonly did: Did
  readonly all: Counts
  readonly byTag: ReadonlyMap<string, Counts>
}

/** Runtimes that are counted apart. The list is fixed, for a peer that invents names must not fill memory. */
export const countedTags: readonly string[] = ['wasi-preview1', 'wasi', 'wasm', 'inference']

export const noCounts: Counts = {
  ...recordOf(deeds),
  terminated: recordOf(terminationCodes),
  lastSeen: timestamp(0),
}

/** RP5: folds one observation; the same observations in any order give the same standing. */
export function evolveStanding(standing: Standing | undefined, seen: Observation): Standing {
  const { did, all, byTag } = standing ?? { did: seen.about, all: noCounts, byTag: new Map<string, Counts>() }
  const whole = added(all, seen)
  if (seen.tag === undefined) return { did, all: whole, byTag }
  const tag = countedTags.includes(seen.tag) ? seen.tag : 'other'
  return { did, all: whole, byTag: new Map(byTag).set(tag, added(byTag.get(tag) ?? noCounts, seen)) }
}

function added(counts: Counts, { deeds: done, terminated, at }: Observation): Counts {
  const sums = { ...counts }
  for (const deed of deeds) sums[deed] = sum(counts[deed], done[deed] ?? 0)
  return {
    ...sums,
    terminated: terminated
      ? { ...counts.terminated, [terminated]: sum(counts.terminated[terminated], 1) }
      : counts.terminated,
    lastSeen: at > counts.lastSeen ? at : counts.lastSeen,
  }
}

/** Counts stop where whole numbers end, whatever the order. */
const sum = (a: number, b: number): number => Math.min(a + b, Number.MAX_SAFE_INTEGER)

function recordOf<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>
}
