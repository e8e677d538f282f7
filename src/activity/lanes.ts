import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'

/** One provider at work on a job, under one activity. */
export type Lane = {
  readonly activity: Cid
  readonly provider: Did
  readonly threads: number
  /** Task indexes handed out and not answered, oldest first, with the moment each was handed out. */
  readonly inFlight: Map<number, number>
  /** Those of them that it has computed, and may not show yet. */
  readonly committed: Set<number>
  /** Beside them, tasks whose answer is known. */
  known: number
  /** Of this provider's last tasks, per thread: an exponential mean, in ms. 0 until the first. */
  taskMs: number
  /** Moment of the last sign of life while tasks were out. */
  heardAt: number
  lates: number
  isPaused: boolean
  done: number
}

/** So many tasks that are out are looked at for a copy: what is older than all of them comes first anyway. */
const mostLooks = 256

/** Who works on a job, and who has which of its tasks. */
export function createLanes() {
  const all = new Map<Cid, Lane>()
  /** In the order in which tasks were handed out first; nearly always with one lane. */
  const holders = new Map<number, Lane | readonly Lane[]>()
  let threads = 0

  return {
    all,
    /** Of all lanes. */
    threads: (): number => threads,
    isHeld: (index: number): boolean => holders.has(index),
    /** Tasks that somebody has. */
    heldCount: (): number => holders.size,
    add(activity: Cid, provider: Did, { threads: own, now }: { threads: number; now: number }): Lane {
      const lane: Lane = {
        activity,
        provider,
        threads: own,
        inFlight: new Map(),
        committed: new Set(),
        known: 0,
        taskMs: 0,
        heardAt: now,
        lates: 0,
        isPaused: false,
        done: 0,
      }
      all.set(activity, lane)
      threads += own
      return lane
    },
    remove(lane: Lane): void {
      if (all.delete(lane.activity)) threads -= lane.threads
    },
    hand(lane: Lane, index: number, now: number): void {
      if (lane.inFlight.size === 0) lane.heardAt = now
      lane.inFlight.set(index, now)
      const held = holders.get(index)
      if (held === undefined) holders.set(index, lane)
      else holders.set(index, [...listOf(held), lane])
    },
    /** CO3: it has computed this task and may not show it yet, which keeps it from nothing else. */
    committed(activity: Cid, index: number): void {
      const lane = all.get(activity)
      if (lane?.inFlight.has(index)) lane.committed.add(index)
    },
    /** @returns whether it had it */
    drop(lane: Lane, index: number): boolean {
      if (!lane.inFlight.delete(index)) return false
      lane.committed.delete(index)
      const held = holders.get(index)
      if (held === undefined || held === lane) holders.delete(index)
      else {
        const left = listOf(held).filter((other) => other !== lane)
        if (left.length === 0) holders.delete(index)
        else holders.set(index, left.length === 1 ? left[0]! : left)
      }
      return true
    },
    /** The task that has been out longest with one other provider alone, since `before` at the latest. */
    oldest(before: number, { provider }: Lane, mayHave: (index: number) => boolean): number | undefined {
      let looks = 0
      for (const [index, held] of holders) {
        looks += 1
        if (looks > mostLooks) return undefined
        if (isList(held) || held.provider === provider) continue
        if ((held.inFlight.get(index) ?? 0) >= before) return undefined
        if (mayHave(index)) return index
      }
      return undefined
    },
  }
}

const isList = (held: Lane | readonly Lane[]): held is readonly Lane[] => Array.isArray(held)
const listOf = (held: Lane | readonly Lane[]): readonly Lane[] => (isList(held) ? held : [held])
