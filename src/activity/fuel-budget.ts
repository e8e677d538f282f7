import type { Cid } from '../wire/cid.ts'

/** Units of fuel: of the whole job, and the most that one task may use. */
export type FuelLimits = { readonly perTask: bigint; readonly most: bigint }

/** What is known after a reload of an activity of before; of own work by the job's name. */
export type ToldBefore = { readonly activity: Cid; readonly receipts: bigint; readonly mayHold: number }

/**
 * FB1: what a job has burned, and what those who hold its tasks may still burn, is never more than it may. Counted by activity,
 * because a task that was taken from a provider may have been done by it all the same, and is then told and paid.
 */
export function createFuelBudget({ perTask, most }: FuelLimits) {
  let used = 0n
  let count = 0
  /** Tasks that an activity was given and has not told of. */
  const out = new Map<Cid, Set<number>>()
  /** As many tasks may be out with an activity of an earlier life of this tab; nobody knows which. */
  const unknown = new Map<Cid, number>()

  /** By activity: of that, what it told. */
  const told = new Map<Cid, bigint>()

  const fits = (): boolean => used + BigInt(count + 1) * perTask <= most

  function use(activity: Cid, fuel: bigint): void {
    used += fuel
    told.set(activity, (told.get(activity) ?? 0n) + fuel)
  }

  /** A receipt that came by another way than with its results counts all the same. */
  function hear(activity: Cid, receipts: bigint): void {
    const news = receipts - (told.get(activity) ?? 0n)
    if (news > 0n) use(activity, news)
  }

  function release(activity: Cid): void {
    count -= (out.get(activity)?.size ?? 0) + (unknown.get(activity) ?? 0)
    out.delete(activity)
    unknown.delete(activity)
  }

  function reserve(activity: Cid, index: number): void {
    const held = out.get(activity) ?? new Set()
    out.set(activity, held)
    if (!held.has(index)) count += 1
    held.add(index)
  }

  /** Nobody tells twice of a task that it was given once. */
  function settle(activity: Cid, index: number): void {
    if (out.get(activity)?.delete(index)) count -= 1
    else if ((unknown.get(activity) ?? 0) > 0) {
      unknown.set(activity, (unknown.get(activity) ?? 0) - 1)
      count -= 1
    }
  }

  return {
    used: (): bigint => used,
    /** Activities that may still tell of something. */
    owing: (): readonly Cid[] => [...new Set([...out.keys(), ...unknown.keys()])],
    /** Whether this activity may be given this task: what it has and did not tell of, it may be given again. */
    allows: (activity: Cid, index: number): boolean => out.get(activity)?.has(index) === true || fits(),
    /** Whether any activity may be given one more. */
    fits,
    isSpent: (): boolean => count === 0 && !fits(),
    reserve,

    /** FB2: every result counts, also the second of a task and that of a failure. */
    spend(activity: Cid, index: number, fuel: bigint): void {
      settle(activity, index)
      use(activity, fuel)
    },
    /** FB3: nobody is paid for more than it was given. @returns whether these results were allowed for */
    bears(activity: Cid, results: readonly { readonly index: number; readonly fuel: bigint }[]): boolean {
      const held = out.get(activity)
      const freed = results.filter(({ index }) => held?.has(index)).length
      const supposed = [...unknown.values()].reduce((sum, tasks) => sum + tasks, 0)
      const guessed = Math.min(results.length - freed, unknown.get(activity) ?? 0)
      // More is supposed to be out than can be: what is known to be out fits beside this all the same.
      const others = freed + guessed < results.length ? count - freed - guessed : count - supposed - freed
      const fuel = results.reduce((sum, one) => sum + one.fuel, 0n)
      return used + fuel + BigInt(others) * perTask <= most
    },
    /** Nothing more can come of it. @param receipts the fuel that its receipts tell */
    forget(activity: Cid, receipts = 0n): void {
      hear(activity, receipts)
      release(activity)
    },

    /** FB4: after a reload: what each activity's receipts tell, and how many tasks it may still be at. */
    restore(before: readonly ToldBefore[]): void {
      for (const { activity, receipts, mayHold } of before) {
        hear(activity, receipts)
        if (mayHold === 0) continue
        unknown.set(activity, mayHold)
        count += mayHold
      }
    },
    /** FB4: it has said which those are. */
    learn(activity: Cid, indexes: readonly number[], receipts = 0n): void {
      if (!unknown.has(activity)) return
      hear(activity, receipts)
      count -= unknown.get(activity) ?? 0
      unknown.delete(activity)
      for (const index of indexes) reserve(activity, index)
    },
  }
}
