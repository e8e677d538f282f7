import type { Checked } from '../../activity/checking.ts'
import { verdictOf } from '../../activity/frames.ts'
import type { WireResult } from '../../activity/messages.ts'
import type { Found, Settled } from '../../activity/rulings.ts'
import type { RoundRefusal } from '../../receipts/rounds.ts'
import type { AttestationRefusal } from '../../receipts/witness.ts'
import type { Cid } from '../../wire/cid.ts'
import type { StoredResult } from '../storage.port.ts'
import type { Attesting } from './attesting.ts'
import { checkOf, digestOf } from './comparing.ts'
import { type ProvenFrame, storedResult } from './results.ts'
import type { RequestorPorts, Runner, Session } from './runner.ts'

export type Outcomes = ReturnType<typeof createOutcomes>

/** What tasks come to, once their answers are proven: compared, shown to readers, stored, and taken back where that was a lie. */
export function createOutcomes(
  ports: RequestorPorts,
  then: { fillAll(runner: Runner): void; report(runner: Runner): void; attesting: Pick<Attesting, 'took' | 'over'> },
) {
  const { shell, now } = ports
  const { attesting, fillAll, report } = then
  const listeners = new Set<(job: Cid) => void>()

  /** Stores what ended, and shows it meanwhile; whatever did not end is handed out again. @returns whether the disk has what ended */
  async function take(
    runner: Runner,
    { activity, provider }: Pick<Session, 'activity' | 'provider'>,
    found: readonly WireResult[],
    frame: ProvenFrame | undefined,
  ): Promise<boolean> {
    const { comparing } = runner
    const ended = new Map<number, StoredResult>()
    const held: StoredResult[] = []
    const elsewhere: number[] = []
    const heard: { readonly index: number; readonly isHeld: boolean }[] = []
    const learned: Promise<void>[] = []
    for (const result of found) {
      const { index } = result
      const digest = comparing && digestOf(result, frame?.outputHashOf(index))
      const told = { fuel: result.fuel, digest, provider }
      const answered = runner.schedule.answer(
        activity,
        index,
        verdictOf(result),
        result.durationUs / 1_000,
        now(),
        told,
      )
      const { type, checked } = answered
      if (digest !== undefined && type !== 'repeat') heard.push({ index, isHeld: type === 'held' })
      if (type === 'held') held.push(storedResult(result, provider, frame))
      else comparing?.findings.ended(index)
      if (checked) comparing?.known?.ended(index, checked)
      if (type === 'ended' && checked && checked.digest !== digest) {
        runner.choosing.set(index, checked)
        elsewhere.push(index)
      } else if (type === 'ended')
        ended.set(index, {
          ...storedResult(result, provider, frame),
          ...(checked && { check: checkOf(checked, provider) }),
        })
      if (answered.found) {
        for (const reopened of answered.found.reopened) ended.delete(reopened)
        learned.push(learn(runner, [answered.found]))
      }
      if (answered.revised) learned.push(revise(runner, index, answered.revised))
    }
    attesting.took(runner, { activity, provider }, heard, frame)
    for (const index of elsewhere) attesting.over(runner, index)
    for (const result of ended.values()) runner.terminals?.over(runner.job, result)
    const isHeld = held.length === 0 || hold(runner, held)
    const chosen = choose(runner, elsewhere)
    const isKept = await keepEnded(runner, [...ended.values()])
    await Promise.all([...learned, chosen])
    if (held.length > 0) fillAll(runner)
    if (isKept) report(runner)
    return (await isHeld) && isKept
  }

  async function keepEnded(runner: Runner, ended: readonly StoredResult[]): Promise<boolean> {
    if (ended.length === 0) return true
    const isKept = await keep(runner, ended)
    if (isKept) runner.comparing?.drop(ended.map(({ index }) => index))
    return isKept
  }

  /** Tasks that ended with an answer that waited here. */
  async function settled(runner: Runner, tasks: readonly Settled[]): Promise<void> {
    const learned: Promise<void>[] = []
    for (const { index, answered } of tasks) {
      const { checked, found } = answered
      runner.comparing?.findings.ended(index)
      attesting.over(runner, index)
      if (checked) runner.comparing?.known?.ended(index, checked)
      if (checked) runner.choosing.set(index, checked)
      if (found) learned.push(learn(runner, [found]))
    }
    const indexes = tasks.map(({ index }) => index)
    await Promise.all([...learned, choose(runner, indexes)])
  }

  /** Fetches the results that these tasks came to, and shows them. */
  async function choose(runner: Runner, indexes: readonly number[]): Promise<void> {
    if (indexes.length === 0) return
    runner.keeping += 1
    try {
      for (const index of indexes) {
        const checked = runner.choosing.get(index)
        const result = checked && (await runner.comparing?.chosen(index, checked))
        if (result) await keepChosen(runner, result, checked)
      }
    } finally {
      runner.keeping -= 1
    }
    report(runner)
  }

  /** Unless it is not what its task came to any more: who was wrong may have come out meanwhile, or the task may be open again. */
  async function keepChosen(runner: Runner, result: StoredResult, { digest }: Checked): Promise<void> {
    const checked = runner.choosing.get(result.index)
    if (checked?.digest !== digest) return
    runner.choosing.delete(result.index)
    await keepEnded(runner, [{ ...result, check: checkOf(checked, result.provider) }])
  }

  /**
   * What was found of providers is told, and what rested on the word of one that was wrong is taken back: in the turn in which it is found, for
   * whoever is handed such a task again may answer at any moment.
   */
  async function learn(runner: Runner, all: readonly Found[]): Promise<void> {
    await Promise.all(all.map((found) => learnOne(runner, found)))
  }

  async function learnOne(runner: Runner, found: Found): Promise<void> {
    const { comparing } = runner
    comparing?.found(found)
    const { reopened, wrong } = found
    if (reopened.length === 0) return
    comparing?.known?.lost(reopened)
    for (const index of reopened) runner.choosing.delete(index)
    const moved = runner.results.takeBack(reopened).then(async (taken) => {
      // What was only doubted may come out right.
      const doubted = taken.filter(({ provider }) => !wrong.some((one) => one === provider))
      if (doubted.length > 0) await hold(runner, doubted)
    })
    comparing?.awaits(moved)
    await moved
    fillAll(runner)
  }

  /** Of a task whose result stays who was wrong about it is told with it: whoever reads on is given it once more. */
  async function revise(runner: Runner, index: number, checked: Checked): Promise<void> {
    const isBeingFetched = runner.choosing.has(index)
    runner.choosing.set(index, checked)
    if (isBeingFetched) return
    runner.keeping += 1
    try {
      const [told] = await runner.results.takeBack([index])
      if (told) await keepChosen(runner, told, checked)
    } finally {
      runner.keeping -= 1
    }
  }

  /** CO4, CO5: it contradicted itself. */
  async function blame(runner: Runner, { provider }: Session, code: RoundRefusal | AttestationRefusal): Promise<void> {
    ports.report({ code, phase: 'check', peer: provider, message: 'It does not stand by what it committed to.' })
    const found = runner.schedule.judge(provider, false)
    if (found) await learn(runner, [found])
  }

  async function hold(runner: Runner, results: readonly StoredResult[]): Promise<boolean> {
    try {
      await runner.comparing?.hold(results)
      return !runner.hasFailed
    } catch (error) {
      await failed(runner, error)
      return false
    }
  }

  /** @returns whether the disk has them */
  async function keep(runner: Runner, results: readonly StoredResult[]): Promise<boolean> {
    if (runner.hasFailed) return false
    runner.keeping += 1
    const stored = runner.results.add(results)
    tellReaders(runner.job)
    try {
      if (runner.schedule.isOver()) runner.results.hurry()
      await stored
    } catch (error) {
      await failed(runner, error)
      return false
    } finally {
      runner.keeping -= 1
    }
    tellReaders(runner.job)
    return true
  }

  /** Results that were stored together fail together, and are told once. */
  async function failed(runner: Runner, error: unknown): Promise<void> {
    if (runner.hasFailed) return
    runner.hasFailed = true
    ports.report({ code: 'disk-full', phase: 'results', message: error instanceof Error ? error.message : '' })
    await shell.command({ type: 'cancelJob', job: runner.job, reason: 'disk-full' })
  }

  function tellReaders(job: Cid): void {
    for (const listener of listeners) listener(job)
  }

  return {
    blame,
    learn,
    take,
    settled,
    onResults(listener: (job: Cid) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
