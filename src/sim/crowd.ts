import type { Checking, Ended, Ruling } from '../activity/checking.ts'
import { heldBackTasks } from '../activity/held-back.ts'
import type { Lane } from '../activity/lanes.ts'
import type { Answered, Found } from '../activity/rulings.ts'
import { createSchedule, mostAhead } from '../activity/schedule.ts'
import { createChecking, type Providers } from '../receipts/checking.ts'
import { createKnownTasks } from '../receipts/known.ts'
import type { Redundancy } from '../receipts/redundancy.ts'
import type { Did } from '../wire/schema.ts'
import { type CrowdFigures, codes, figuresOf } from './crowd-figures.ts'
import { answerOf, type Copier, isRight, type Lying, mostOf, rightAnswer } from './crowd-liars.ts'
import { createCrowdRounds, type ToShow } from './crowd-rounds.ts'
import type { Crowd, Seller } from './crowd-sellers.ts'

/** One job of many tasks, and a crowd that works on it: the real schedule, checking and weights in virtual time, without a network. */
export type CrowdJob = {
  readonly tasks: number
  readonly policy: Redundancy
  readonly lying: Lying
  readonly isDear?: boolean
  /** Credits for one task, of which an honest one spends half on computing it. */
  readonly price?: number
  /** Nobody is ever found wrong: for figures of single tasks, all asked of the same crowd. */
  readonly isForgiving?: boolean
  /** Whoever copies sees what others said as soon as they did, and waits for it: without commits, or for all that these let it see. */
  readonly copier?: Copier
  /** Results of a provider that come under one receipt: before, nobody draws which of them have witnesses. */
  readonly frame?: number
  /** Programs that cannot see their place: tasks whose answer is known are among theirs (KN2). */
  readonly isPlaceless?: boolean
}

const tickMs = 100
const wheelTicks = 64
const settleEveryMs = 500
/** Of a price, what an honest provider spends on the task. */
const costShare = 0.5

const limits = { timeoutMs: 60_000, slackMs: 4_000 }
/** As the requestor's plane awaits commits. */
const patienceMs = limits.timeoutMs + limits.slackMs

/** The oldest task that it has not computed. */
function firstOf({ inFlight, committed }: Lane): number | undefined {
  for (const index of inFlight.keys()) if (!committed.has(index)) return index
  return undefined
}

/** Runs a job to its end. Tracks and purses stay with the crowd, so that another job may follow. */
export function runCrowd({ sellers, rng }: Crowd, job: CrowdJob): CrowdFigures {
  const { price = 1, isDear = false } = job
  const priceClass = isDear ? 'dear' : 'cheap'
  const byDid = new Map(sellers.map((seller) => [seller.did, seller]))
  const byActivity = new Map(sellers.map((seller) => [seller.activity, seller]))
  const of = (did: Did): Seller => byDid.get(did)!
  const providers: Providers = {
    trackOf: (did) => of(did).tracks[priceClass],
    marksOf: (did) => of(did).marks,
    heldTasks: (did) => of(did).unpaid,
    isDear,
    rng,
  }
  const checking = createChecking(job.policy, providers)
  const known = job.isPlaceless ? createKnownTasks(providers) : undefined
  const schedule = createSchedule(
    { ...limits, chance: known?.chance },
    checking && job.isForgiving ? forgiving(checking) : checking,
  )
  const rounds = job.copier?.sees === 'after commits' ? createCrowdRounds(schedule, patienceMs) : undefined
  schedule.extend(job.tasks)
  schedule.seal()
  /** How each task ended: 1 + a code, and one more where it is wrong. 0 while it has not. */
  const ends = new Uint8Array(job.tasks)
  /** Who had lied in a task that it is to be paid for. */
  const unearned = new Set<string>()
  const revealed = job.lying === 'copying' && job.policy.mode !== 'adaptive' ? new Map<number, string[]>() : undefined
  let answers = 0
  let knownAnswers = 0
  let now = 0
  const wheel: Seller[][] = Array.from({ length: wheelTicks }, () => [])
  const plan = (seller: Seller, waitMs: number): void => {
    const ticks = Math.min(wheelTicks - 1, Math.max(1, Math.round(waitMs / tickMs)))
    wheel[(now / tickMs + ticks) % wheelTicks]!.push(seller)
  }
  for (const seller of sellers) {
    schedule.join(seller.activity, seller.did, 1, 0)
    plan(seller, 1 + rng.below(2_000))
  }

  function pay(seller: Seller, index: number): void {
    const key = `${index} ${seller.number}`
    if (unearned.delete(key)) seller.unpaidLies += 1
    seller.unpaid += 1
    if (seller.unpaid <= heldBackTasks) return
    // One more lies behind the oldest: which of them was a lie is not kept apart, so lies are paid last.
    seller.unpaid -= 1
    seller.income += price
    if (seller.unpaidLies > seller.unpaid) {
      seller.unpaidLies -= 1
      seller.unearned += price
    }
  }

  function heard(index: number, { type, checked, found }: Answered): void {
    if (type === 'ended') {
      const isWrong = checked !== undefined && !isRight(checked.digest)
      ends[index] = 1 + (checked ? codes[checked.how] : codes.single) + (isWrong ? 1 : 0)
      for (const did of checked?.agreed ?? []) pay(of(did), index)
      if (!job.copier) revealed?.delete(index)
      if (checked) known?.ended(index, checked)
    }
    if (found) learn(found, type === 'repeat' ? index : undefined)
  }

  /** @param late a task that had ended, for which whoever was right is paid too */
  function learn(found: Found, late?: number): void {
    for (const { provider, verified, wrong } of found.seen) {
      const seller = of(provider)
      const { tracks } = seller
      tracks[priceClass] = wrong > 0 ? 0 : tracks[priceClass] + verified
      if (late !== undefined && verified > 0) pay(seller, late)
    }
    for (const did of found.wrong) caught(of(did))
    known?.lost(found.reopened)
    for (const again of found.reopened) ends[again] = 0
  }

  function caught(seller: Seller): void {
    seller.isCaught = true
    seller.unpaid = 0
    seller.unpaidLies = 0
    rounds?.ended(seller.activity)
  }

  /** CO8: it said that it had something, and shows something else, or it says it too late. */
  function nothing(seller: Seller, index: number): void {
    unearned.delete(`${index} ${seller.number}`)
    heard(index, schedule.answer(seller.activity, index, 'again', seller.taskMs, now))
  }

  /** What it says of a task. */
  function compute(seller: Seller, index: number): string {
    const said = seller.isLiar
      ? answerOf(job.lying, {
          index,
          liar: seller.number,
          track: seller.tracks[priceClass],
          isDear,
          revealed: revealed?.get(index) ?? [],
        })
      : { digest: rightAnswer(index), isWorked: true }
    answers += 1
    seller.fair += price * (1 - costShare)
    if (said.isWorked) seller.spent += price * costShare
    else unearned.add(`${index} ${seller.number}`)
    return said.digest
  }

  function answer(seller: Seller, index: number): void {
    if (mayStillCopy(seller, index)) return
    const digest = compute(seller, index)
    if (rounds) return commit(seller, index, digest)
    if (!job.frame) return give(seller, index, digest)
    seller.frame.push({ index, digest })
    schedule.committed(seller.activity, index)
    schedule.returns(seller.activity, now)
  }

  function give(seller: Seller, index: number, digest: string): void {
    const told = schedule.answer(seller.activity, index, 'ok', seller.taskMs, now, { digest })
    if (told.type === 'held') reveal(index, digest)
    heard(index, told)
  }

  /** WN1: witnesses are drawn when the receipt is here. */
  function handOver(seller: Seller): void {
    const results = seller.frame
    seller.frame = []
    const indexes = results.map(({ index }) => index)
    checking?.sample(indexes, seller.did)
    for (const { index, digest } of results) give(seller, index, digest)
  }

  /** Whoever copies waits until it sees something, as long as its task may take. */
  function mayStillCopy(seller: Seller, index: number): boolean {
    if (!job.copier || !seller.isLiar || job.copier.way !== 'waits') return false
    seller.waitsSince ??= now
    const isPatient = !revealed?.has(index) && now < seller.waitsSince + patienceMs + settleEveryMs
    if (!isPatient) seller.waitsSince = undefined
    return isPatient
  }

  function commit(seller: Seller, index: number, digest: string): void {
    const refusal = rounds!.commit(seller, { index, digest, now })
    if (!refusal) return show(rounds!.close(now, [index]))
    rounds!.over(index, seller.activity)
    nothing(seller, index)
  }

  /** Honest ones first: whoever would show a copy of theirs sees them. */
  function show(all: readonly ToShow[]): void {
    for (const { activity, index, digest } of [...all].sort((a, b) => Number(liar(a)) - Number(liar(b)))) {
      const seller = byActivity.get(activity)!
      const copy = job.copier?.way === 'swaps' && seller.isLiar ? mostOf(revealed?.get(index) ?? []) : undefined
      const shown = copy ?? digest
      if (!rounds!.shown(seller, index, shown)) {
        reveal(index, shown)
        heard(index, schedule.answer(activity, index, 'ok', seller.taskMs, now, { digest: shown }))
        continue
      }
      nothing(seller, index)
      schedule.exclude(seller.did, 'wrong')
      caught(seller)
    }
  }
  const liar = ({ activity }: ToShow): boolean => byActivity.get(activity)!.isLiar

  /** One of those whose answer is known. */
  function answerKnown(seller: Seller, index: number): void {
    const lane = schedule.lanes.get(seller.activity)
    if (lane && lane.known > 0) lane.known -= 1
    knownAnswers += 1
    const isSame = known?.answered(seller.did, index, compute(seller, index))
    const found = isSame === undefined ? undefined : schedule.judge(seller.did, isSame)
    if (isSame) pay(seller, index)
    if (found) learn(found)
  }

  function take(seller: Seller): void {
    const { activity, did } = seller
    let drawn: readonly number[] = []
    const instead = (taken: number): number => {
      drawn = known?.draw(did, taken) ?? []
      return drawn.length
    }
    const taken = schedule.take(activity, now, mostAhead, known && instead)
    for (const index of taken) {
      known?.handed(did, index)
      rounds?.asked(index, activity)
    }
    schedule.lanes.get(activity)!.known += drawn.length
    seller.known.push(...drawn)
  }

  function work(seller: Seller): void {
    const lane = schedule.lanes.get(seller.activity)!
    const index = firstOf(lane)
    const isKnownNext = seller.known.length > 0 && (index === undefined || rng.below(2) === 0)
    if (isKnownNext) answerKnown(seller, seller.known.shift()!)
    else if (index !== undefined) answer(seller, index)
    const isFull = seller.frame.length >= (job.frame ?? 1)
    if (isFull || (seller.frame.length > 0 && firstOf(lane) === undefined)) handOver(seller)
  }

  /** Once all copies that were out have answered, a later one may see what they said. */
  function reveal(index: number, digest: string): void {
    const known = revealed?.get(index) ?? []
    known.push(digest)
    revealed?.set(index, known)
  }

  for (; !schedule.isOver(); now += tickMs) {
    if (now % settleEveryMs === 0) {
      for (const { index, answered } of schedule.settle(now)) heard(index, answered)
      schedule.late(now)
      if (rounds) {
        show(rounds.close(now))
        for (const activity of rounds.waiting()) schedule.returns(activity, now)
      }
    }
    const due = wheel[(now / tickMs) % wheelTicks]!
    wheel[(now / tickMs) % wheelTicks] = []
    for (const seller of due) {
      work(seller)
      if (schedule.excluded.has(seller.did)) continue
      take(seller)
      // No two tasks take the same, so that no two providers always meet.
      plan(seller, seller.taskMs / 2 + rng.below(seller.taskMs))
    }
  }
  for (const seller of sellers) {
    seller.income += seller.unpaid * price
    seller.unearned += seller.unpaidLies * price
    seller.unpaid = 0
    seller.unpaidLies = 0
  }
  return figuresOf({ sellers, ends, answers, knownAnswers, now })
}

/** The checking without its consequences. */
function forgiving(checking: Checking): Checking {
  const mild = <One extends Ruling>(ruling: One): One => ('seen' in ruling ? { ...ruling, seen: [] } : ruling)
  return {
    ...checking,
    answered: (index, answer) => mild(checking.answered(index, answer)),
    review: (index) => mild(checking.review(index)),
    settle(index): Ended | undefined {
      const ruling = checking.settle(index)
      return ruling && mild(ruling)
    },
  }
}
