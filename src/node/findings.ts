import { createClearing } from '../activity/clearing.ts'
import { heldBackTasks } from '../activity/held-back.ts'
import type { Found } from '../activity/rulings.ts'
import { secondMs } from '../kernel/time.ts'
import type { Providers } from '../receipts/checking.ts'
import type { Marks } from '../receipts/independent.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import { priceClassOf, trackOf } from '../reputation/track.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import type { CheckedTasks, Input } from './input.ts'
import { linksOf, type NodeState } from './state.ts'

/** A fact a second and provider is as much as a log should have of this. */
const tellEveryMs = secondMs
/** Four times as dear as the median of what a task cost here before. */
const dearTimes = 4n

/** What was found of one activity, and is not told yet. */
type Tally = {
  readonly clearing: ReturnType<typeof createClearing>
  verified: number
  disputed: number
  /** There is something to be told. */
  isNews: boolean
  toldAt: number
}

/** What comparing answers says of a job's providers, on its way to the node; and what the comparing is told of them. */
export type Findings = ReturnType<typeof createFindings>

export function createFindings(
  node: NodeState,
  job: Cid,
  world: Marks & {
    readonly rng: Providers['rng']
    /** Tasks that it has now. */
    inFlight(provider: Did): number
  },
) {
  const tallies = new Map<Cid, Tally>()
  const newest = new Map<Did, Cid>()
  let linked = 0
  let isDear: boolean | undefined

  function tallyOf(activity: Cid): Tally {
    const known = tallies.get(activity)
    if (known) return known
    const agreement = node.activities.get(activity)?.agreement
    const account = agreement && node.accounts.get(agreement)
    const clearing = createClearing(account?.activities.get(activity)?.cleared)
    const tally: Tally = { clearing, verified: 0, disputed: 0, isNews: false, toldAt: Number.NEGATIVE_INFINITY }
    tallies.set(activity, tally)
    return tally
  }

  /** The newest of this job with that provider: asked with every answer, and looked for when there is another. */
  function activityOf(provider: Did): Cid | undefined {
    const { activities } = linksOf(node, job)
    if (activities.size !== linked) {
      linked = activities.size
      for (const id of activities) {
        const by = node.activities.get(id)?.provider
        if (by) newest.set(by, id)
      }
    }
    return newest.get(provider)
  }

  /** What a task of it costs, as far as its receipts tell; undefined before the first. */
  function priceOf(activity: Cid): bigint | undefined {
    const chain = node.chains.get(activity)
    return chain && chain.taskCount > 0 ? chain.cost / BigInt(chain.taskCount) : undefined
  }

  const classOf = (activity: Cid): number =>
    priceClassOf((priceOf(activity) ?? 0n) as Parameters<typeof priceClassOf>[0])

  const providers: Providers = {
    trackOf(provider) {
      const activity = activityOf(provider)
      const runtime = node.jobs.get(job)?.spec.runtime ?? ''
      // Of what has no price yet, nothing is known.
      if (activity === undefined || priceOf(activity) === undefined) return 0
      return trackOf(node.standings.get(provider), runtime, classOf(activity))
    },
    marksOf: world.marksOf,
    heldTasks(provider) {
      const activity = activityOf(provider)
      // What it has now it will have done by the time at which a lie about the newest of it comes out.
      return activity === undefined ? 0 : tallyOf(activity).clearing.held() + Math.max(0, world.inFlight(provider) - 1)
    },
    get isDear() {
      isDear ??= isDearer()
      return isDear === true
    },
    isOwn: (provider) => provider === node.me,
    rng: world.rng,
  }

  /** Undefined while its price is not known. */
  function isDearer(): boolean | undefined {
    const own = [...linksOf(node, job).activities].flatMap((id) => priceOf(id) ?? [])
    if (own.length === 0) return undefined
    const others = [...node.chains.values()]
      .filter((chain) => chain.requestor === node.me && chain.job !== job)
      .flatMap(({ activity }) => priceOf(activity) ?? [])
      .sort((one, other) => (one < other ? -1 : one > other ? 1 : 0))
    const median = others[others.length >> 1]
    return median !== undefined && own.some((price) => price >= dearTimes * median && price > 0n)
  }

  return {
    providers,
    /** A frame was taken; of its tasks these are still being checked. */
    took(
      { activity, cost, taskCount }: Pick<ReceiptBody, 'activity' | 'cost' | 'taskCount'>,
      open: Iterable<number>,
    ): void {
      const tally = tallyOf(activity)
      tally.clearing.took(cost, { taskCount, open })
      if (tally.clearing.clear(heldBackTasks)) tally.isNews = true
    },
    /** Answers of an earlier life that still wait for others: nothing of their activities is cleared before they end. */
    restored(activity: Cid, open: Iterable<number>): void {
      const chain = node.chains.get(activity)
      if (chain) tallyOf(activity).clearing.took(chain.cost, { taskCount: 1, open })
    },
    /** A task has its result, and waits for nothing more. */
    ended(index: number): void {
      for (const tally of tallies.values()) {
        tally.clearing.ended(index)
        if (tally.clearing.clear(heldBackTasks)) tally.isNews = true
      }
    },
    found({ seen }: Found): void {
      for (const { provider, verified, wrong } of seen) {
        const activity = activityOf(provider)
        if (activity === undefined) continue
        const tally = tallyOf(activity)
        tally.verified += verified
        tally.disputed += wrong
        tally.isNews = true
      }
    },
    /** Its provider computes on when it is paid: what is checked is enough for that. */
    asksForPay(activity: Cid): void {
      const tally = tallyOf(activity)
      if (tally.clearing.clear(0)) {
        tally.isNews = true
        tally.toldAt = Number.NEGATIVE_INFINITY
      }
    },
    /** What the node is told now; all of it when the job is over. */
    news(now: number, isAll: boolean): readonly Input[] {
      const due = [...tallies].filter(
        ([, { isNews, toldAt, disputed }]) => isNews && (isAll || disputed > 0 || now >= toldAt + tellEveryMs),
      )
      return due.map(([activity, tally]) => {
        const { verified, disputed, clearing } = tally
        Object.assign(tally, { verified: 0, disputed: 0, isNews: false, toldAt: now })
        const found: CheckedTasks = { verified, disputed, priceClass: classOf(activity), cleared: clearing.cleared() }
        return { type: 'checked', activity, ...found }
      })
    },
  }
}
