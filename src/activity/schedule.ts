import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import type { Answer, Checking } from './checking.ts'
import { createFuelBudget } from './fuel-budget.ts'
import { createLanes, type Lane } from './lanes.ts'
import { createOrder } from './order.ts'
import { type Answered, createRulings, plainly, type Settled } from './rulings.ts'
import type { ScheduleLimits, Told } from './schedule-limits.ts'
import { createTries } from './tries.ts'
import { createWaiting, type Offer } from './waiting.ts'

/** How a task came back. `again` is nobody's fault: the worker died, the tab closed, the provider gave it back. */
export type Verdict = 'ok' | 'failed' | 'trapped' | 'again'
export type Exclusion = 'wrong' | 'refused' | 'late'

/** What a schedule tells of itself: whole numbers, cheap to copy. */
export type Progress = {
  readonly total: number
  readonly isSealed: boolean
  readonly done: number
  readonly ok: number
  readonly failed: number
  readonly inFlight: number
  /** Programs that stand still until somebody types. */
  readonly awaitingInput?: number
  /** Units, of all results that came, also of those that came second. */
  readonly fuelUsed: bigint
}

/**
 * SC1: who works on which task. A pure object: no clock of its own, driven in batches by the data plane and, unchanged, by
 * the simulator. Every task ends exactly once, as ok or as failed, whatever is lost, late or sent twice.
 */
export type Schedule = ReturnType<typeof createSchedule>

/** SC2: three missed deadlines and a provider is out for this job. */
const mostLates = 3
/** Two a worker at least; beyond, as many as fill the time in which a provider gathers results, and they and new tasks travel. */
const tasksPerThread = 2
const aheadMs = 700
export const mostAhead = 512 // of tasks that take no time at all: what one frame's worth of talk is worth
/** SC14: who could take a copy and is silent is awaited no longer than this. */
const mostWaitMs = 30_000
/** So many results wait for others at most; beyond, nobody gets a new task. */
const mostWanting = 4_096
const nothingTold: Told = {}

/** @param checking what compares answers; without one a task ends with its first */
export function createSchedule(limits: ScheduleLimits, checking?: Checking) {
  const lanes = createLanes()
  const excluded = new Map<Did, Exclusion>()
  /** Handed out before any new task. */
  const waiting = createWaiting()
  const order = createOrder(limits.chance)
  /** Whether each task that ended is ok. */
  const done = new Map<number, boolean>()
  const tries = createTries(isThereAnother)
  /** Tasks with answers whose further copies nobody took yet, since when. */
  const wantedSince = new Map<number, number>()
  let total = 0
  let failed = 0
  let isSealed = false
  let fuelUsed = 0n
  /** The last moment that was told. */
  let latest = 0
  let joinedAt = 0
  const budget = limits.fuel && createFuelBudget(limits.fuel)

  const isOver = () => isSealed && done.size >= total
  const mayHand = ({ activity }: Lane, index: number) => budget?.allows(activity, index) !== false
  const deadlineOf = (lane: Lane): number => lane.heardAt + limits.timeoutMs + limits.slackMs
  const isWanted = (index: number) => (checking ? checking.copiesWanted(index) > 0 : !lanes.isHeld(index))
  const isNew = (index: number) => !done.has(index) && !lanes.isHeld(index) && !waiting.has(index)
  const isOut = (provider: Did): boolean => excluded.has(provider)
  const rulings =
    checking &&
    createRulings(checking, {
      isDone: (index) => done.has(index),
      isOver,
      end,
      undo,
      offer,
      isExcluded: isOut,
      exclude: (provider) => exclude(provider, 'wrong'),
    })

  return {
    lanes: lanes.all,
    excluded,
    budget,
    isOver,
    /** SC12: tasks are left, none of them may be handed out any more, and none can come. */
    isOutOfFuel: () => budget?.isSpent() === true && done.size < total && wantedSince.size === 0,
    progress(): Progress {
      return {
        total,
        isSealed,
        done: done.size,
        ok: done.size - failed,
        failed,
        inFlight: lanes.heldCount(),
        fuelUsed: budget?.used() ?? fuelUsed,
      }
    },

    /** So many tasks are stored by now. */
    extend(count: number): void {
      total = Math.max(total, count)
    },
    seal(): void {
      isSealed = true
    },
    /** Results that an earlier life of this tab stored. */
    restore(indexes: readonly number[], failures: number, fuel = 0n): void {
      for (const index of indexes) done.set(index, true)
      fuelUsed = fuel
      failed = failures
    },

    join(activity: Cid, provider: Did, threads: number, now: number): Lane {
      const former = lanes.all.get(activity)
      if (former) leave(former)
      latest = joinedAt = now
      return lanes.add(activity, provider, { threads, now })
    },
    /** SC4: whoever leaves loses its tasks at once; others get them first. */
    leave(activity: Cid): void {
      const lane = lanes.all.get(activity)
      if (lane) leave(lane)
    },
    exclude,
    /** Something proves it right or wrong. */
    judge: (provider: Did, isRight: boolean) => rulings?.judge(provider, isRight),
    /** It has computed this task, and may not show it yet. */
    committed: lanes.committed,

    /**
     * Takes tasks for a lane, at most `most`; near the end also ones that somebody slower holds (SC5). None that may pass the budget (SC12).
     * @param instead how many of so many it gets others instead of (KN2)
     */
    take(activity: Cid, now: number, most = mostAhead, instead?: (taken: number) => number): number[] {
      latest = now
      const lane = lanes.all.get(activity)
      if (!lane || lane.isPaused || isOut(lane.provider)) return []
      const room = Math.min(most, roomOf(lane))
      const taken: number[] = []
      while (taken.length < room) {
        const index = nextIndex(lane) ?? straggler(lane, now)
        if (index === undefined) break
        hand(lane, index, now)
        taken.push(index)
      }
      const others = instead && taken.length > 0 ? instead(taken.length) : 0
      for (const index of others > 0 ? taken.splice(-others) : []) putBack(lane, index)
      return taken
    },

    /** SC1: tells whether this answer ends its task; later ones change nothing but the lane's pace, and what is known of whoever gave them. */
    answer(
      activity: Cid,
      index: number,
      verdict: Verdict,
      durationMs: number,
      now: number,
      { fuel = 0n, digest, provider: by }: Told = nothingTold,
    ): Answered {
      latest = now
      const lane = lanes.all.get(activity)
      const hadIt = lane !== undefined && heard(lane, index, durationMs, now)
      fuelUsed += fuel
      budget?.spend(activity, index, fuel)
      const isEnded = done.has(index)
      if (index >= total) return plainly.repeat
      if (rulings) {
        // What an earlier life of this tab asked for may come before its provider is at work again.
        const provider = lane?.provider ?? by
        const isSaid = verdict !== 'again' && digest !== undefined && provider && !isOut(provider)
        if (isSaid && (hadIt || !isEnded)) return compared(index, { provider, digest, verdict })
        if (hadIt) checking.dropped(index, lane.provider)
      }
      if (isEnded) return plainly.repeat
      if (!rulings && (verdict === 'ok' || verdict === 'failed')) return ended(index, verdict === 'ok')
      if (verdict === 'trapped' && limits.isInteractive) return ended(index, false)
      if (tries.failed(index, verdict === 'trapped' ? lane?.provider : undefined)) return givenUp(index)
      offer(index)
      return plainly.again
    },

    /** SC17: an answer that an earlier life of this tab was given, and that waits for others. */
    recall(index: number, answer: Answer, now: number): Answered {
      latest = now
      return done.has(index) || !rulings ? plainly.repeat : rulings.answered(index, answer)
    },

    /** CO3: whether another copy of this task is still to go to somebody who is here, or who may yet come. */
    awaitsCopy(index: number): boolean {
      if (!isWanted(index)) return false
      const mayHave = (provider: Did) => !isOut(provider) && checking?.mayHave(index, provider) === true
      return limits.mayOthersJoin?.() === true || [...lanes.all.values()].some(({ provider }) => mayHave(provider))
    },

    /** SC14: what tasks come to whose further copies nobody independent is there to take. Asked at every tick. */
    settle(now: number): readonly Settled[] {
      latest = now
      if (!rulings) return []
      const all = rulings.review()
      for (const [index, since] of [...wantedSince]) {
        const settled = isNobodyLeft(index, since) ? rulings.settle(index) : undefined
        if (settled) all.push(settled)
      }
      return all
    },

    /** SC6: lanes whose oldest task is past its time; they lose their tasks and wait until they are heard again. */
    late(now: number): readonly Lane[] {
      latest = now
      const overdue = [...lanes.all.values()].filter(
        (lane) => !lane.isPaused && lane.inFlight.size > 0 && now > deadlineOf(lane),
      )
      for (const lane of overdue) {
        lane.lates += 1
        lane.isPaused = true
        giveBack(lane)
        if (lane.lates >= mostLates) excluded.set(lane.provider, 'late')
      }
      return overdue
    },
    /**
     * SC11: activities that hold fuel which nobody else can have: nothing fits, nobody is at a task, and they are excluded, or silent
     * for twice the time of a task.
     */
    heldUp(now: number): readonly Cid[] {
      if (!budget || budget.fits() || [...lanes.all.values()].some(({ inFlight }) => inFlight.size > 0)) return []
      const waitMs = 2 * (limits.timeoutMs + limits.slackMs)
      return budget.owing().filter((activity) => {
        const lane = lanes.all.get(activity)
        return lane && (isOut(lane.provider) || (lane.isPaused && now > lane.heardAt + waitMs))
      })
    },
    /** SC6: within the agreement's grace a provider that returns may take new tasks. */
    returns(activity: Cid, now: number): void {
      const lane = lanes.all.get(activity)
      if (!lane) return
      lane.isPaused = false
      lane.heardAt = now
    },
  }

  function roomOf(lane: Lane): number {
    if (limits.isInteractive) return lane.threads - lane.inFlight.size
    const pace = lane.taskMs > 0 ? Math.ceil((aheadMs * lane.threads) / Math.max(lane.taskMs, 0.05)) : 0
    // KN4: while it has done little, others have agreed on little that it could be asked.
    const most = limits.chance ? lane.done : mostAhead
    const wanted = Math.min(mostAhead, Math.max(tasksPerThread * lane.threads, Math.min(pace, shareOf(lane), most)))
    return Math.min(wanted - lane.inFlight.size + lane.committed.size, mostAhead - lane.committed.size) - lane.known
  }

  /** SC8: half of a lane's part of what is left, so that all end together: guided self-scheduling (Polychronopoulos and Kuck, 1987). */
  function shareOf(lane: Lane): number {
    if (!isSealed) return mostAhead
    const left = total - done.size - lanes.heldCount() + lane.inFlight.size
    return Math.ceil((left * lane.threads) / (2 * lanes.threads()))
  }

  function nextIndex(lane: Lane): number | undefined {
    const back = waiting.first(lane.activity, (index) => offerTo(lane, index))
    if (back !== undefined) return back
    const index = order.first(total, isNew)
    if (index === undefined || wantedSince.size >= mostWanting || !mayHand(lane, index)) return undefined
    order.take()
    return index
  }

  function offerTo(lane: Lane, index: number): Offer {
    if (done.has(index) || !isWanted(index)) return 'gone'
    if (checking?.mayHave(index, lane.provider) === false) return 'never'
    return mayHand(lane, index) && !tries.needsAnother(index, lane.provider) ? 'yes' : 'later'
  }

  /** The task that has been out longest with somebody else, when a second copy is likely to come back first. */
  function straggler(lane: Lane, now: number): number | undefined {
    if (!isSealed || lane.taskMs === 0 || limits.isInteractive || budget?.fits() === false) return undefined
    const before = now - 2 * lane.taskMs - limits.slackMs / 4
    return lanes.oldest(before, lane, (index) => !done.has(index) && checking?.mayHave(index, lane.provider) !== false)
  }

  function hand(lane: Lane, index: number, now: number): void {
    lanes.hand(lane, index, now)
    budget?.reserve(lane.activity, index)
    checking?.handed(index, lane.provider)
    if (!checking || checking.copiesWanted(index) === 0) notWaiting(index)
    else if (!waiting.has(index)) waiting.add(index)
  }

  function notWaiting(index: number): void {
    waiting.remove(index)
    wantedSince.delete(index)
  }

  /** Behind those that wait already, if it wants to be handed out; whoever could not have it may look again. */
  function offer(index: number): void {
    if (done.has(index)) return
    if (!isWanted(index)) {
      if (!lanes.isHeld(index)) rulings?.lookAgain(index)
      return
    }
    waiting.add(index)
    if (checking?.isOpen(index) && !wantedSince.has(index)) wantedSince.set(index, latest)
  }

  function leave(lane: Lane): void {
    giveBack(lane)
    lanes.remove(lane)
  }

  function exclude(provider: Did, why: Exclusion): void {
    excluded.set(provider, why)
    for (const lane of lanes.all.values()) if (lane.provider === provider) giveBack(lane)
    waiting.askAnew()
  }

  function giveBack(lane: Lane): void {
    for (const index of [...lane.inFlight.keys()]) putBack(lane, index)
  }

  function putBack(lane: Lane, index: number): void {
    lanes.drop(lane, index)
    checking?.dropped(index, lane.provider)
    offer(index)
  }

  function compared(index: number, answer: Answer): Answered {
    const answered = rulings!.answered(index, answer)
    // What was taken back with it is told first; it ends again at the next tick.
    const since = answered.type === 'held' && !answered.found ? wantedSince.get(index) : undefined
    const settled = since !== undefined && isNobodyLeft(index, since) ? rulings!.settle(index) : undefined
    return settled?.answered ?? answered
  }

  /** Nobody finishes it: what some say that it comes to is all there is. */
  function givenUp(index: number): Answered {
    const settled = rulings?.settle(index)
    return settled?.answered ?? ended(index, false)
  }

  /**
   * SC14: whoever is at work comes to this task in its turn. Who could have it and takes nothing is awaited for a while, and who might still join
   * until nobody has joined for some time.
   */
  function isNobodyLeft(index: number, since: number): boolean {
    if (budget?.isSpent()) return true
    const silentUntil = since + Math.min(mostWaitMs, 2 * (limits.timeoutMs + limits.slackMs))
    const joinUntil = limits.mayOthersJoin?.() === false ? latest : joinedAt + (checking?.patienceMs ?? 0)
    if (latest < Math.min(silentUntil, joinUntil)) return false
    let isSomebodySilent = lanes.all.size === 0
    for (const lane of lanes.all.values()) {
      if (isOut(lane.provider) || !checking?.mayHave(index, lane.provider)) continue
      if (!lane.isPaused && lane.inFlight.size > 0) return false
      isSomebodySilent = true
    }
    return isSomebodySilent ? latest >= silentUntil : latest >= joinUntil
  }

  /** @returns whether it had the task */
  function heard(lane: Lane, index: number, durationMs: number, now: number): boolean {
    const hadIt = lanes.drop(lane, index)
    lane.heardAt = now
    lane.isPaused = false
    lane.done += 1
    lane.taskMs = lane.taskMs === 0 ? durationMs : lane.taskMs * 0.8 + durationMs * 0.2
    return hadIt
  }

  function ended(index: number, isOk: boolean): Answered {
    end(index, isOk)
    checking?.close(index)
    return plainly.ended
  }

  function end(index: number, isOk: boolean): void {
    done.set(index, isOk)
    tries.forget(index)
    if (!isOk) failed += 1
    if (checking) notWaiting(index)
  }

  function undo(index: number): void {
    if (done.get(index) === false) failed -= 1
    done.delete(index)
  }

  function isThereAnother(than: readonly Did[]): boolean {
    return [...lanes.all.values()].some(({ provider }) => !than.includes(provider) && !excluded.has(provider))
  }
}
