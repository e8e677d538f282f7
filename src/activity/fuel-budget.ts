import type { Cid } from '../wire/cid.ts'

/** Units of fuel: of the whole job, and the most that one task may use. */
export type FuelLimits = { readonly perTask: bigint; readonly most: bigint }

export type FuelBudget = ReturnType<typeof createFuelBudget>

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

  const fits = (): boolean => used + BigInt(count + 1) * perTask <= most

  function forget(activity: Cid): void {
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
  function release(activity: Cid, index: number): void {
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
      release(activity, index)
      used += fuel
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
    /** Nothing more can come of it. */
    forget,

    /** FB4: after a reload: what receipts tell was used, and how many tasks an activity of before may still be at. */
    restore(usedBefore: bigint, mayBeOut: readonly (readonly [activity: Cid, tasks: number])[]): void {
      used = usedBefore
      for (const [activity, tasks] of mayBeOut) {
        forget(activity)
        unknown.set(activity, tasks)
        count += tasks
      }
    },
    /** FB4: it has said which those are. */
    learn(activity: Cid, indexes: readonly number[]): void {
      if (!unknown.has(activity)) return
      count -= unknown.get(activity) ?? 0
      unknown.delete(activity)
      for (const index of indexes) reserve(activity, index)
    },
  }
}
