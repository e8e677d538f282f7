/**
 * Claims: of 1,000,000 tasks done by 1,000 providers of whom 300 lie, in each of seven ways, no more results are wrong than the confidence
 * allows, by the upper end of what one of twenty such runs would still show; k of n is wrong as often as its closed form says, and never by
 * liars who do not agree; lying pays less than honest work; an honest crowd that is known computes at most a tenth more under adaptive
 * checking; whoever waits to copy from others gains where it sees their answers, and nothing behind commits; a witnessed job leaves no more
 * wrong results, and costs no more, than is said before; a fifth of the checks are of tasks whose answer is known; and where nothing is checked, all that handing out and taking back a task costs is under 1 % of an empty task.
 *
 * Everything but the network is real: schedule, checking, weights. One run each, with one seed. Words behind the name choose parts:
 * once, honest, known, adaptive, witnessed, commits, quorum, owner, staying, 0.99, 0.999, 0.99999, and ways of lying as `crowd-liars.ts` names them.
 */
import { createSchedule } from '../src/activity/schedule.ts'
import { aCid, aDid } from '../src/market/market.examples.ts'
import { createChecking } from '../src/receipts/checking.ts'
import { estimateOf } from '../src/receipts/estimate.ts'
import { type Redundancy, toPpm, wrongAccepted } from '../src/receipts/redundancy.ts'
import { type CrowdJob, runCrowd } from '../src/sim/crowd.ts'
import type { CrowdFigures } from '../src/sim/crowd-figures.ts'
import { type Copier, type Lying, lies } from '../src/sim/crowd-liars.ts'
import { createCrowd } from '../src/sim/crowd-sellers.ts'
import { upperBound95 } from '../src/sim/poisson.ts'
import { digits, figureRow, note, pairsAsked, repeated, tell } from './measure.ts'

const seed = 4
const tasks = 1_000_000
const crowd = { seed, providers: 1_000, liars: 300 }
const parts = process.argv.slice(2).filter((word) => /^[a-z]|^0\./.test(word))
const askedLies = lies.filter((lying) => parts.includes(lying))
const ways = askedLies.length > 0 ? askedLies : lies
const isAsked = (part: string): boolean => parts.length === askedLies.length || parts.includes(part)
const adaptive: Redundancy = { mode: 'adaptive' }

const copiers: readonly Copier[] = [
  { sees: 'at once', way: 'waits' },
  { sees: 'after commits', way: 'waits' },
  { sees: 'after commits', way: 'swaps' },
]

/** Of an empty task, many at once, with one provider: 1 % of what `empty` measures (5,140 a second). */
const mostScheduleUs = 1.9

function run(policy: Redundancy, lying: Lying, more: Pick<CrowdJob, 'frame'> = {}): CrowdFigures {
  const all = createCrowd(crowd)
  if (lying !== 'dear tasks') return runCrowd(all, { ...more, tasks, policy, lying })
  // Honest work on cheap tasks first: a job of as many that are sixteen times as dear follows it.
  runCrowd(all, { ...more, tasks: tasks / 10, policy, lying })
  return runCrowd(all, { ...more, tasks, policy, lying, isDear: true, price: 16 })
}

function told(name: string, figures: CrowdFigures): void {
  const { copiesPerTask, caughtLiars, caughtHonest, honestProfit, liarProfit, liarUnearned } = figures
  note(
    `${name}: ${digits(copiesPerTask)} copies a task; ${figures.wrongAccepted} of ${figures.accepted} agreed and ${figures.singleWrong} of ` +
      `${figures.single} single results wrong, ${figures.unverified} unverified; ${caughtLiars} liars found, ${caughtHonest} honest ones ` +
      `taken for liars; profit ${digits(honestProfit)} of an honest one, ${digits(liarProfit)} of a liar, ${digits(liarUnearned)} not earned`,
  )
}

/** What lying itself gains, on the tasks that a liar was given; what it could have earned on others is not counted. */
function gainRow(name: string, { liarGain }: CrowdFigures): void {
  tell(figureRow(`gain of a liar, ${name}`, [liarGain], { unit: 'credits', atMost: -0.1 }))
}

if (isAsked('once')) {
  for (const lanes of [8, 1_000]) {
    const perTask = await repeated(pairsAsked(), async () => scheduleUs(200_000, lanes))
    const claim = `schedule of a task that is done once, ${lanes} providers`
    tell(figureRow(claim, perTask, { unit: 'µs', atMost: mostScheduleUs }))
  }
}
if (isAsked('honest')) {
  const known = createCrowd({ ...crowd, liars: 0, track: 100 })
  const figures = runCrowd(known, { tasks, policy: adaptive, lying: 'alone' })
  told('honest and known', figures)
  const ratio = figures.copiesPerTask
  tell(figureRow('copies a task, adaptive, honest and known', [ratio], { unit: '', atMost: 1.1 }))
}
if (isAsked('known')) {
  const known = createCrowd({ ...crowd, liars: 0, track: 100 })
  const figures = runCrowd(known, { tasks, policy: adaptive, lying: 'alone', isPlaceless: true })
  told('honest and known, with tasks whose answer is known', figures)
  const { copiesPerTask, knownShare } = figures
  tell(figureRow('copies a task, those whose answer is known among them', [copiesPerTask], { unit: '', atMost: 1.1 }))
  const knownPerTask = copiesPerTask * knownShare
  const share = knownPerTask / (copiesPerTask - knownPerTask - 1)
  tell(figureRow('of the checks, tasks whose answer is known', [share], { unit: '', atLeast: 0.15 }))
}
if (isAsked('witnessed')) {
  // What the page asks for unless told otherwise.
  const policy: Redundancy = { mode: 'witnessed', witnesses: 2, samplePermille: 62 }
  const said = estimateOf(policy, { tracks: Array.from({ length: crowd.providers }, () => 0), tasks })
  for (const frame of [1, 64]) {
    const honest = runCrowd(createCrowd({ ...crowd, liars: 0 }), { tasks, policy, lying: 'alone', frame })
    const over = honest.copiesPerTask / (said.copiesPermille / 1_000)
    const claim = `copies a task, witnessed, over what is said, ${frame} under a receipt`
    tell(figureRow(claim, [over], { unit: '', atMost: 1.03 }))
  }
  for (const lying of ways) {
    const figures = run(policy, lying, { frame: 20 })
    told(`witnessed, ${lying}`, figures)
    const wrong = figures.wrongAccepted + figures.singleWrong + figures.unverifiedWrong
    const upperPpm = (upperBound95(wrong) / figures.tasks) * 1_000_000
    tell(figureRow(`wrong of a witnessed job, ${lying}`, [upperPpm], { unit: 'ppm', atMost: said.faultPpm ?? 0 }))
    gainRow(`witnessed, ${lying}`, figures)
  }
}
if (isAsked('commits'))
  for (const [name, policy] of [
    ['2 of 3', { mode: 'quorum', quorum: 2, copies: 3 }],
    ['0.99', { mode: 'confidence', faultPpm: 10_000 }],
  ] as const)
    for (const copier of copiers) {
      const some = tasks / 10
      const figures = runCrowd(createCrowd(crowd), { tasks: some, policy, lying: 'copying', copier })
      const claim = `${name}, copier that ${copier.way}, sees ${copier.sees}`
      told(claim, figures)
      const bound = copier.sees === 'at once' ? { atLeast: 1 } : { atMost: 0 }
      tell(figureRow(`paid to a copier for nothing, ${claim}`, [figures.liarUnearned], { unit: 'credits', ...bound }))
    }
if (isAsked('adaptive'))
  for (const lying of ways) {
    const figures = run(adaptive, lying)
    told(`adaptive, ${lying}`, figures)
    gainRow(`adaptive, ${lying}`, figures)
  }
if (isAsked('owner')) {
  const figures = runCrowd(createCrowd({ ...crowd, owned: 300 }), { tasks, policy: adaptive, lying: 'together' })
  told('adaptive, all of one owner', figures)
  gainRow('adaptive, all of one owner', figures)
  tell(figureRow('wrong results that one owner agreed on', [figures.wrongAccepted], { unit: '', atMost: 0 }))
}
if (isAsked('quorum'))
  for (const [quorum, copies] of [
    [2, 2],
    [2, 3],
    [3, 5],
  ] as const) {
    const policy: Redundancy = { mode: 'quorum', quorum, copies }
    const expected = toPpm(wrongAccepted({ quorum, copies }, crowd))
    const even = createCrowd({ ...crowd, isEven: true })
    const together = runCrowd(even, { tasks, policy, lying: 'together', isForgiving: true })
    const found = (together.wrongAccepted / tasks) * 1_000_000
    note(`${quorum} of ${copies}: ${digits(found)} ppm wrong, ${expected} by the closed form`)
    // Three standard deviations of so many draws.
    const slack = 3 * Math.sqrt(expected * (1 - expected / 1_000_000))
    const off = Math.abs(found - expected)
    tell(figureRow(`${quorum} of ${copies}, off its closed form`, [off], { unit: 'ppm', atMost: Math.round(slack) }))
    const alone = runCrowd(createCrowd(crowd), { tasks, policy, lying: 'alone' })
    told(`${quorum} of ${copies}, alone`, alone)
    gainRow(`${quorum} of ${copies}, alone`, alone)
    tell(figureRow(`${quorum} of ${copies}, wrong by liars alone`, [alone.wrongAccepted], { unit: '', atMost: 0 }))
  }
for (const [confidence, faultPpm] of [
  ['0.99', 10_000],
  ['0.999', 1_000],
  ['0.99999', 10],
] as const) {
  if (!isAsked(confidence)) continue
  for (const lying of ways) {
    const name = `${confidence}, ${lying}`
    const figures = run({ mode: 'confidence', faultPpm }, lying)
    told(name, figures)
    const confident = figures.accepted + figures.single
    const upperPpm = (upperBound95(figures.wrongAccepted + figures.singleWrong) / confident) * 1_000_000
    tell(figureRow(`wrong at confidence ${name}`, [upperPpm], { unit: 'ppm', atMost: faultPpm }))
    gainRow(name, figures)
  }
}

if (isAsked('staying'))
  for (const [confidence, faultPpm] of [
    ['0.99', 10_000],
    ['0.999', 1_000],
  ] as const) {
    // Nobody is ever found out, and so nobody trusted: three in ten of every task's answers are the same lie.
    const policy: Redundancy = { mode: 'confidence', faultPpm }
    const even = createCrowd({ ...crowd, isEven: true })
    const figures = runCrowd(even, { tasks: tasks / 10, policy, lying: 'together', isForgiving: true })
    told(`${confidence}, liars that stay`, figures)
    const upperPpm = (upperBound95(figures.wrongAccepted) / figures.accepted) * 1_000_000
    tell(figureRow(`wrong at confidence ${confidence}, liars that stay`, [upperPpm], { unit: 'ppm', atMost: faultPpm }))
  }

/** Handing out and taking back. */
function scheduleUs(count: number, providers: number): number {
  const known = { trackOf: () => 0, marksOf: () => [], heldTasks: () => 0, isDear: false, rng: { below: () => 0 } }
  const schedule = createSchedule({ timeoutMs: 60_000, slackMs: 4_000 }, createChecking({ mode: 'once' }, known))
  schedule.extend(count)
  schedule.seal()
  const lanes = Array.from({ length: providers }, (_, i) => schedule.join(aCid(`${i}`), aDid(`${i}`), 4, 0))
  const before = performance.now()
  for (let now = 1; !schedule.isOver(); now++)
    for (const { activity, inFlight } of lanes) {
      schedule.take(activity, now)
      for (const index of [...inFlight.keys()].slice(0, 64))
        schedule.answer(activity, index, 'ok', 1, now, { fuel: 1n, digest: 'same' })
    }
  return ((performance.now() - before) * 1_000) / count
}
