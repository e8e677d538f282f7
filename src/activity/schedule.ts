import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'

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
}

export type Lane = {
  readonly activity: Cid
  readonly provider: Did
  readonly threads: number
  /** Task indexes handed out and not answered, oldest first, with the moment each was handed out. */
  readonly inFlight: Map<number, number>
  /** Of this provider's last tasks, per thread: an exponential mean, in ms. 0 until the first. */
  taskMs: number
  /** Moment of the last sign of life while tasks were out. */
  heardAt: number
  lates: number
  isPaused: boolean
  done: number
}

/**
 * SC1: who works on which task. A pure object: no clock of its own, driven in batches by the data plane and, unchanged, by
 * the simulator. Every task ends exactly once, as ok or as failed, whatever is lost, late or sent twice.
 */
export type Schedule = ReturnType<typeof createSchedule>

export type ScheduleLimits = {
  /** Wall time that one task may take on a provider, ms. */
  readonly timeoutMs: number
  /** Bytes and words take this long beside the work, ms. */
  readonly slackMs: number
  /** SC10: somebody types into its tasks. */
  readonly isInteractive?: boolean
}

/** SC2: three missed deadlines and a provider is out for this job. */
const mostLates = 3
/** SC3: a task that nobody finished in five tries is given up: something about it, not the network, is wrong. */
const mostTries = 5
/** Two a worker at least; beyond, as many as fill the time in which a provider gathers results, and they and new tasks travel. */
const tasksPerThread = 2
const aheadMs = 700
const mostAhead = 512 // of tasks that take no time at all: what one frame's worth of talk is worth

export function createSchedule(limits: ScheduleLimits) {
  const lanes = new Map<Cid, Lane>()
  const excluded = new Map<Did, Exclusion>()
  /** Indexes to hand out, first the ones that came back; `next` counts those never handed out. */
  const returned: number[] = []
  const done = new Set<number>()
  const tries = new Map<number, { count: number; trappedOn: Did[] }>()
  const holders = new Map<number, number>()
  let next = 0
  let total = 0
  let ok = 0
  let failed = 0
  let isSealed = false

  const isOver = () => isSealed && done.size >= total

  return {
    lanes,
    excluded,
    isOver,
    progress(): Progress {
      return { total, isSealed, done: done.size, ok, failed, inFlight: holders.size }
    },

    /** So many tasks are stored by now. */
    extend(count: number): void {
      total = Math.max(total, count)
    },
    seal(): void {
      isSealed = true
    },
    /** Results that an earlier life of this tab stored. */
    restore(indexes: readonly number[], failures: number): void {
      for (const index of indexes) done.add(index)
      ok = done.size - failures
      failed = failures
    },

    join(activity: Cid, provider: Did, threads: number, now: number): Lane {
      const former = lanes.get(activity)
      if (former) giveBack(former)
      const lane: Lane = {
        activity,
        provider,
        threads,
        inFlight: new Map(),
        taskMs: 0,
        heardAt: now,
        lates: 0,
        isPaused: false,
        done: 0,
      }
      lanes.set(activity, lane)
      return lane
    },
    /** SC4: whoever leaves loses its tasks at once; others get them first. */
    leave(activity: Cid): void {
      const lane = lanes.get(activity)
      if (!lane) return
      giveBack(lane)
      lanes.delete(activity)
    },
    exclude(provider: Did, why: Exclusion): void {
      excluded.set(provider, why)
      for (const lane of lanes.values()) if (lane.provider === provider) giveBack(lane)
    },

    /** Takes tasks for a lane, at most `most`; near the end also ones that somebody slower holds (SC5). */
    take(activity: Cid, now: number, most = mostAhead): number[] {
      const lane = lanes.get(activity)
      if (!lane || lane.isPaused || excluded.has(lane.provider)) return []
      const room = Math.min(most, roomOf(lane))
      const taken: number[] = []
      while (taken.length < room) {
        const index = nextIndex(lane) ?? straggler(lane, now)
        if (index === undefined) break
        hand(lane, index, now)
        taken.push(index)
      }
      return taken
    },

    /** SC1: tells whether this answer is the first; later ones change nothing but the lane's pace. */
    answer(
      activity: Cid,
      index: number,
      verdict: Verdict,
      durationMs: number,
      now: number,
    ): 'ended' | 'repeat' | 'again' {
      const lane = lanes.get(activity)
      if (lane) heard(lane, index, durationMs, now)
      if (done.has(index) || index >= total) return 'repeat'
      if (verdict === 'ok' || verdict === 'failed') return end(index, verdict)
      if (verdict === 'trapped' && limits.isInteractive) return end(index, 'failed')
      const known = tries.get(index) ?? { count: 0, trappedOn: [] }
      known.count += 1
      if (verdict === 'trapped' && lane) known.trappedOn.push(lane.provider)
      tries.set(index, known)
      if (isOwnFault(known.trappedOn) || known.count >= mostTries) return end(index, 'failed')
      if (!holders.has(index)) returned.push(index)
      return 'again'
    },

    /** SC6: lanes whose oldest task is past its time; they lose their tasks and wait until they are heard again. */
    late(now: number): readonly Lane[] {
      const overdue = [...lanes.values()].filter(
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
    /** SC6: within the agreement's grace a provider that returns may take new tasks. */
    returns(activity: Cid, now: number): void {
      const lane = lanes.get(activity)
      if (!lane) return
      lane.isPaused = false
      lane.heardAt = now
    },
  }

  function roomOf(lane: Lane): number {
    if (limits.isInteractive) return lane.threads - lane.inFlight.size
    const pace = lane.taskMs > 0 ? Math.ceil((aheadMs * lane.threads) / Math.max(lane.taskMs, 0.05)) : 0
    const wanted = Math.min(mostAhead, Math.max(tasksPerThread * lane.threads, Math.min(pace, shareOf(lane))))
    return wanted - lane.inFlight.size
  }

  /** SC8: half of a lane's part of what is left, so that all end together: guided self-scheduling (Polychronopoulos and Kuck, 1987). */
  function shareOf(lane: Lane): number {
    if (!isSealed) return mostAhead
    const threads = [...lanes.values()].reduce((sum, other) => sum + other.threads, 0)
    const left = total - done.size - holders.size + lane.inFlight.size
    return Math.ceil((left * lane.threads) / (2 * threads))
  }

  function nextIndex(lane: Lane): number | undefined {
    for (let at = 0; at < returned.length; ) {
      const index = returned[at]!
      if (!done.has(index) && !holders.has(index) && needsAnother(index, lane)) {
        at += 1
        continue
      }
      returned.splice(at, 1)
      if (!done.has(index) && !holders.has(index)) return index
    }
    while (next < total && (done.has(next) || holders.has(next))) next += 1
    if (next >= total) return undefined
    next += 1
    return next - 1
  }

  /** The task that has been out longest with somebody else, when a second copy is likely to come back first. */
  function straggler(lane: Lane, now: number): number | undefined {
    if (!isSealed || lane.taskMs === 0 || limits.isInteractive) return undefined
    let oldest: { index: number; at: number } | undefined
    for (const other of lanes.values()) {
      if (other.provider === lane.provider) continue
      for (const [index, at] of other.inFlight) {
        if (holders.get(index) !== 1 || done.has(index)) continue
        if (!oldest || at < oldest.at) oldest = { index, at }
        break // a lane's first is its oldest
      }
    }
    const worthIt = oldest !== undefined && now - oldest.at > 2 * lane.taskMs + limits.slackMs / 4
    return worthIt ? oldest?.index : undefined
  }

  function hand(lane: Lane, index: number, now: number): void {
    if (lane.inFlight.size === 0) lane.heardAt = now
    lane.inFlight.set(index, now)
    holders.set(index, (holders.get(index) ?? 0) + 1)
  }

  function drop(lane: Lane, index: number): void {
    if (!lane.inFlight.delete(index)) return
    const left = (holders.get(index) ?? 1) - 1
    if (left === 0) holders.delete(index)
    else holders.set(index, left)
  }

  function giveBack(lane: Lane): void {
    for (const index of [...lane.inFlight.keys()]) {
      drop(lane, index)
      if (!done.has(index) && !holders.has(index)) returned.push(index)
    }
  }

  function heard(lane: Lane, index: number, durationMs: number, now: number): void {
    drop(lane, index)
    lane.heardAt = now
    lane.isPaused = false
    lane.done += 1
    lane.taskMs = lane.taskMs === 0 ? durationMs : lane.taskMs * 0.8 + durationMs * 0.2
  }

  function end(index: number, verdict: 'ok' | 'failed'): 'ended' {
    done.add(index)
    tries.delete(index)
    if (verdict === 'ok') ok += 1
    else failed += 1
    return 'ended'
  }

  /** SC7: trapped on two providers, or twice on the only one there is. */
  function isOwnFault(trappedOn: readonly Did[]): boolean {
    return new Set(trappedOn).size >= 2 || (trappedOn.length >= 2 && !isThereAnother(trappedOn))
  }

  /** SC7: a task that trapped here goes to somebody else first. */
  function needsAnother(index: number, { provider }: Lane): boolean {
    const trappedOn = tries.get(index)?.trappedOn ?? []
    return trappedOn.includes(provider) && isThereAnother(trappedOn)
  }

  function isThereAnother(than: readonly Did[]): boolean {
    return [...lanes.values()].some(({ provider }) => !than.includes(provider) && !excluded.has(provider))
  }

  function deadlineOf(lane: Lane): number {
    return lane.heardAt + limits.timeoutMs + limits.slackMs
  }
}
