import type { Checking, Ended, Ruling } from '../activity/checking.ts'
import { heldBackTasks } from '../activity/held-back.ts'
import type { Answered } from '../activity/rulings.ts'
import { createSchedule } from '../activity/schedule.ts'
import { type Rng, seeded } from '../kernel/rng.ts'
import { createChecking } from '../receipts/checking.ts'
import type { Redundancy } from '../receipts/redundancy.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import { answerOf, drawnLiars, isRight, type Lying, rightAnswer } from './crowd-liars.ts'

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
}

export type Crowd = { readonly rng: Rng; readonly sellers: readonly Seller[] }

type Seller = {
  readonly did: Did
  readonly activity: Cid
  readonly number: number
  readonly isLiar: boolean
  /** Owner; whoever has none is alone. */
  readonly owner: string | undefined
  readonly marks: readonly string[]
  readonly taskMs: number
  /** Consecutive valid results, by price class. */
  readonly tracks: Record<'cheap' | 'dear', number>
  /** Tasks done and not paid yet. */
  unpaid: number
  income: number
  spent: number
  /** What it would have in the end had it computed honestly all that it was given. */
  fair: number
  /** What it was paid without having computed it. */
  unearned: number
  unpaidLies: number
  isCaught: boolean
}

export type CrowdFigures = {
  readonly tasks: number
  /** Results that count as checked as the policy wants, and those of them that are wrong, at the end of the job. */
  readonly accepted: number
  readonly wrongAccepted: number
  readonly unverified: number
  readonly unverifiedWrong: number
  /** Results of one provider that nobody compared, and those of them that are wrong. */
  readonly single: number
  readonly singleWrong: number
  readonly copiesPerTask: number
  readonly caughtLiars: number
  readonly caughtHonest: number
  /** Credits earned less those spent, per provider. */
  readonly honestProfit: number
  readonly liarProfit: number
  /** What a liar has beyond what the same tasks, honestly done, would have brought it: what lying itself gains. */
  readonly liarGain: number
  /** Of what liars were paid, what they did nothing for. */
  readonly liarUnearned: number
  readonly virtualMs: number
}

const tickMs = 100
const wheelTicks = 64
const settleEveryMs = 500
/** Of a price, what an honest provider spends on the task. */
const costShare = 0.5

/** @param owned the first so many liars belong to one owner */
export function createCrowd(setup: {
  readonly seed: number
  readonly providers: number
  readonly liars: number
  readonly track?: number
  readonly owned?: number
  /** All are as fast as each other, so that each is as likely to get a copy. */
  readonly isEven?: boolean
}): Crowd {
  const rng = seeded(setup.seed)
  const liars = drawnLiars(setup.providers, setup.liars, rng)
  let owned = setup.owned ?? 0
  const sellers = liars.map((isLiar, number): Seller => {
    const owner = isLiar && owned > 0 ? 'one owner' : undefined
    if (owner) owned -= 1
    return {
      did: `did:key:crowd-${number}` as Did,
      activity: `activity-${number}` as Cid,
      number,
      isLiar,
      owner,
      marks: owner ? [owner] : [],
      taskMs: setup.isEven ? 1_000 : 500 + rng.below(1_500),
      tracks: { cheap: setup.track ?? 0, dear: 0 },
      unpaid: 0,
      income: 0,
      spent: 0,
      fair: 0,
      unearned: 0,
      unpaidLies: 0,
      isCaught: false,
    }
  })
  return { rng, sellers }
}

const codes = { single: 0, agreed: 2, known: 2, unverified: 4 } as const

/** Runs a job to its end. Tracks and purses stay with the crowd, so that another job may follow. */
export function runCrowd({ sellers, rng }: Crowd, job: CrowdJob): CrowdFigures {
  const { price = 1, isDear = false } = job
  const priceClass = isDear ? 'dear' : 'cheap'
  const byDid = new Map(sellers.map((seller) => [seller.did, seller]))
  const of = (did: Did): Seller => byDid.get(did)!
  const checking = createChecking(job.policy, {
    trackOf: (did) => of(did).tracks[priceClass],
    marksOf: (did) => of(did).marks,
    heldTasks: (did) => of(did).unpaid,
    isDear,
    rng,
  })
  const schedule = createSchedule(
    { timeoutMs: 60_000, slackMs: 4_000 },
    checking && job.isForgiving ? forgiving(checking) : checking,
  )
  schedule.extend(job.tasks)
  schedule.seal()
  /** How each task ended: 1 + a code, and one more where it is wrong. 0 while it has not. */
  const ends = new Uint8Array(job.tasks)
  /** Who had lied in a task that it is to be paid for. */
  const unearned = new Set<string>()
  const revealed = job.lying === 'copying' && job.policy.mode !== 'adaptive' ? new Map<number, string[]>() : undefined
  let answers = 0
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
      revealed?.delete(index)
    }
    for (const { provider, verified, wrong } of found?.seen ?? []) {
      const seller = of(provider)
      const { tracks } = seller
      tracks[priceClass] = wrong > 0 ? 0 : tracks[priceClass] + verified
      if (type === 'repeat' && verified > 0) pay(seller, index)
    }
    for (const did of found?.wrong ?? []) {
      const seller = of(did)
      seller.isCaught = true
      seller.unpaid = 0
      seller.unpaidLies = 0
    }
    for (const again of found?.reopened ?? []) ends[again] = 0
  }

  function answer(seller: Seller, index: number): void {
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
    const told = schedule.answer(seller.activity, index, 'ok', seller.taskMs, now, { digest: said.digest })
    if (revealed && told.type === 'held') reveal(index, said.digest)
    heard(index, told)
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
    }
    const due = wheel[(now / tickMs) % wheelTicks]!
    wheel[(now / tickMs) % wheelTicks] = []
    for (const seller of due) {
      const lane = schedule.lanes.get(seller.activity)!
      const [index] = lane.inFlight.keys()
      if (index !== undefined) answer(seller, index)
      if (schedule.excluded.has(seller.did)) continue
      schedule.take(seller.activity, now)
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
  return figuresOf({ sellers, ends, answers, now })
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

function figuresOf(run: {
  readonly sellers: readonly Seller[]
  readonly ends: Uint8Array
  readonly answers: number
  readonly now: number
}): CrowdFigures {
  const counts = new Array<number>(7).fill(0)
  for (const end of run.ends) counts[end]! += 1
  const [, single = 0, singleWrong = 0, agreed = 0, agreedWrong = 0, unverified = 0, unverifiedWrong = 0] = counts
  const liars = run.sellers.filter(({ isLiar }) => isLiar)
  const honest = run.sellers.filter(({ isLiar }) => !isLiar)
  const mean = (of: readonly Seller[], value: (seller: Seller) => number): number =>
    of.length === 0 ? 0 : of.reduce((sum, seller) => sum + value(seller), 0) / of.length
  const profit = ({ income, spent }: Seller): number => income - spent
  return {
    tasks: run.ends.length,
    accepted: agreed + agreedWrong,
    wrongAccepted: agreedWrong,
    unverified: unverified + unverifiedWrong,
    unverifiedWrong,
    single: single + singleWrong,
    singleWrong,
    copiesPerTask: run.answers / run.ends.length,
    caughtLiars: liars.filter(({ isCaught }) => isCaught).length,
    caughtHonest: honest.filter(({ isCaught }) => isCaught).length,
    honestProfit: mean(honest, profit),
    liarProfit: mean(liars, profit),
    liarGain: mean(liars, (liar) => profit(liar) - liar.fair),
    liarUnearned: mean(liars, ({ unearned }) => unearned),
    virtualMs: run.now,
  }
}
