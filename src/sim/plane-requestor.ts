import { type ActivityStep, stepInto } from '../activity/activity.ts'
import {
  asksForPay,
  encodeFrame,
  type ProviderFrame,
  parts,
  readProviderFrame,
  sizeOfBytes,
  verdictOf,
} from '../activity/frames.ts'
import { isRunning } from '../activity/job.ts'
import type { WireResult } from '../activity/messages.ts'
import { createSchedule, type Progress, type Schedule } from '../activity/schedule.ts'
import type { ScheduleLimits } from '../activity/schedule-limits.ts'
import type { Failure } from '../node/input.ts'
import { fuelLimits, fuelTold, fuelToldBy, isSilent, toldBefore } from '../node/job-fuel.ts'
import { isOwed } from '../node/money.ts'
import { leafOf } from '../receipts/leaf.ts'
import { inputHash } from '../receipts/merkle.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import { verifyFrame, verifyUsage } from '../receipts/verify.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { createComparing, digestOf, isRight, type SimComparing } from './comparing.ts'
import { storedJob } from './disk.ts'
import type { SimStream } from './network.ts'
import { secretOf } from './plane-leaves.ts'
import { taskOf } from './plane-results.ts'
import { createReveals, type SimReveals } from './plane-reveals.ts'
import type { Host } from './shell.ts'

/** The bulk on the side of whoever pays: tasks out, results in, as adapters/plane/requestor does it. */
export type SimRequestorPlane = {
  openActivity(activity: Cid): void
  closeActivity(activity: Cid, reason: string): void
  /** More tasks of this job are stored, or all are. */
  extended(job: Cid): void
  /** How it stands with a job's lanes, for whoever looks into a failure. */
  describe(job: Cid): string
  /** After a start: jobs of an earlier life go on. */
  resume(): void
}

type Runner = {
  readonly job: Cid
  readonly schedule: Schedule
  readonly comparing: SimComparing | undefined
  readonly reveals: SimReveals | undefined
  readonly sessions: Map<Cid, Session>
  reportAt: number
}
type Session = {
  readonly activity: Cid
  readonly provider: Did
  readonly stream: SimStream
  readonly secret: Uint8Array
  readonly inputs: Map<number, Uint8Array>
  isReady: boolean
}

/** The numbers of adapters/plane/requestor.ts. */
const frameLimits = { mostBytes: 1_048_576, most: 256 }
const reportEveryMs = 250
const tickMs = 500
const slackMs = 4_000
/** A write of the disk takes some milliseconds. */
const lookAgainMs = 10

export function createRequestorPlane(host: Host): SimRequestorPlane {
  const { world } = host
  const runners = new Map<Cid, Runner>()
  const opening = new Set<Cid>()
  let isTicking = false

  function runnerOf(job: Cid): Runner {
    const known = runners.get(job)
    if (known) return known
    const state = host.node.jobs.get(job)
    const stored = storedJob(host.disk, job)
    const comparing = createComparing(host, job)
    const limits: ScheduleLimits = {
      timeoutMs: state?.spec.limits.timeoutMs ?? 0,
      slackMs,
      fuel: state && fuelLimits(state.spec),
      mayOthersJoin: comparing && (() => comparing.mayOthersJoin(working())),
    }
    const schedule = createSchedule(limits, comparing?.checking)
    const working = () => new Set([...schedule.lanes.values()].map(({ provider }) => provider))
    schedule.extend(stored.taskCount)
    schedule.restore([...stored.results.keys()], failures(stored.results), fuelTold(host.node, job))
    schedule.budget?.restore(toldBefore(host.node, job, stored.taskCount))
    if (state?.progress.isSealed) schedule.seal()
    const sessions = new Map<Cid, Session>()
    const streamOf = (activity: Cid) => sessions.get(activity)?.stream
    const reveals = createReveals(host, job, { schedule, slackMs, streamOf })
    const runner: Runner = { job, schedule, comparing, reveals, sessions, reportAt: 0 }
    runners.set(job, runner)
    comparing?.watch(schedule.lanes)
    comparing?.recall(schedule)
    if (!isTicking) tickLater()
    return runner
  }

  function tickLater(): void {
    isTicking = true
    world.plan(tickMs, 'tick', host, () => {
      isTicking = false
      const running = [...runners.values()].filter(({ schedule }) => !schedule.isOver())
      for (const runner of running) tick(runner)
      if (running.length > 0) tickLater()
    })
  }

  function tick(runner: Runner): void {
    runner.reveals?.tick()
    for (const { activity } of runner.schedule.late(world.now)) {
      runner.reveals?.left(activity)
      const session = runner.sessions.get(activity)
      if (session) send(session, { type: 'recall', indexes: [...session.inputs.keys()].slice(0, 1_024) })
    }
    settle(runner)
    watchFuel(runner)
    fillAll(runner)
  }

  function settle({ job, schedule, comparing }: Runner): void {
    if (!comparing) return
    comparing.tell()
    const settled = schedule.settle(world.now)
    comparing.settled(settled)
    if (settled.length === 0) return
    world.checks.tookResults(host, job, storedJob(host.disk, job), schedule.progress())
    report(runnerOf(job))
  }

  /** As adapters/plane/fuel-watch.ts does it. */
  function watchFuel({ job, schedule, sessions }: Runner): void {
    const { budget } = schedule
    if (!budget || host.node.jobs.get(job)?.outcome !== undefined) return
    for (const activity of budget.owing())
      if (isSilent(host.node, activity) && !sessions.has(activity) && !opening.has(activity))
        budget.forget(activity, fuelToldBy(host.node, activity))
    for (const activity of schedule.heldUp(world.now)) {
      const session = sessions.get(activity)
      if (session) world.network.end(session.stream)
      stepped(activity, 'terminate', { code: 'ProviderUnreachable', message: 'Its tasks did not come back.' })
    }
    if (!schedule.isOutOfFuel()) return
    host.input({ type: 'tasksReported', job, progress: schedule.progress() })
    host.command({ type: 'cancelJob', job, reason: 'fuel-budget-used' })
  }

  function openActivity(id: Cid): void {
    const activity = host.node.activities.get(id)
    if (!activity || opening.has(id)) return
    const runner = runnerOf(activity.job)
    if (runner.sessions.has(id)) return
    opening.add(id)
    world.network.openStream(host, activity.provider, (stream) => {
      opening.delete(id)
      if (!stream) return stepped(id, 'lose')
      const secret = secretOf(host, id)
      const session: Session = {
        activity: id,
        provider: activity.provider,
        stream,
        secret,
        inputs: new Map(),
        isReady: false,
      }
      runner.sessions.set(id, session)
      stream.onOpener = (bytes) => hear(runner, session, bytes)
      stream.openerEnded = () => ended(runner, session)
      const received = (host.node.chains.get(id)?.latest.body.sequence ?? -1) + 1
      send(session, { type: 'open', activity: id, received, secret })
    })
  }

  function stepped(activity: Cid, step: ActivityStep, failure?: Failure): void {
    host.input({ type: 'activityStepped', activity, step, failure })
  }

  function ended(runner: Runner, session: Session): void {
    if (runner.sessions.get(session.activity) !== session) return
    runner.reveals?.left(session.activity)
    runner.schedule.leave(session.activity)
    runner.sessions.delete(session.activity)
    report(runner)
    fillAll(runner)
    stepped(session.activity, 'lose')
  }

  function hear(runner: Runner, session: Session, bytes: Uint8Array): void {
    const frame = readProviderFrame(bytes)
    if (!frame.ok) return world.network.end(session.stream)
    const agreement = host.node.activities.get(session.activity)?.agreement
    if (!asksForPay(frame.value) || (agreement && isOwed(host.node, agreement)))
      runner.schedule.returns(session.activity, world.now)
    if (frame.value.type === 'results') return results(runner, session, frame.value)
    if (frame.value.type === 'committed') return committed(runner, session, frame.value)
    if (frame.value.type === 'returned') {
      for (const index of frame.value.indexes) runner.reveals?.over(index, session.activity)
      for (const index of frame.value.indexes) runner.schedule.answer(session.activity, index, 'again', 0, world.now)
      if (asksForPay(frame.value)) {
        runner.comparing?.findings.asksForPay(session.activity)
        runner.comparing?.tell()
      }
      return fillAll(runner)
    }
    if (frame.value.type === 'state') told(runner, session, frame.value)
  }

  function told(runner: Runner, session: Session, frame: Extract<ProviderFrame, { type: 'state' }>): void {
    const { activity } = session
    const failure = frame.code === undefined ? undefined : { code: frame.code, message: frame.message ?? '' }
    if (frame.state === 'Deployed') stepped(activity, 'initialize')
    stepped(activity, stepInto[frame.state], failure)
    if (frame.state === 'Terminated') {
      runner.reveals?.ended(activity)
      runner.schedule.leave(activity)
      report(runner)
    }
    if (frame.state !== 'Ready') return
    runner.schedule.budget?.learn(activity, frame.holds ?? [], fuelToldBy(host.node, activity))
    runner.reveals?.holds(activity, frame.holds ?? [])
    const threads = host.node.activities.get(activity)?.threads ?? 1
    if (!runner.schedule.lanes.has(activity)) runner.schedule.join(activity, session.provider, threads, world.now)
    session.isReady = true
    fill(runner, session)
  }

  function committed(runner: Runner, session: Session, frame: Extract<ProviderFrame, { type: 'committed' }>): void {
    const refusal = runner.reveals?.committed(session, frame.commits, isOlder(session))
    if (refusal === 'malformed') return world.network.end(session.stream)
    if (refusal) blame(runner, session)
    fill(runner, session)
  }

  const isOlder = ({ activity }: Session): boolean =>
    (host.node.activities.get(activity)?.created.body.issuedAt ?? 0) < (host.node.startedAt ?? 0)

  function blame({ schedule, comparing }: Runner, { provider }: Session): void {
    const found = schedule.judge(provider, false)
    if (found) comparing?.learn(found)
  }

  function results(runner: Runner, session: Session, frame: Extract<ProviderFrame, { type: 'results' }>): void {
    const opened = world.codec.unseal(frame.receipt)
    if (!opened.ok || opened.value.body.type !== 'receipts/execution')
      return wrong(runner, session, opened.ok ? 'not-a-receipt' : opened.code)
    const receipt = opened.value as Verified<ReceiptBody>
    if (receipt.body.activity !== session.activity) return wrong(runner, session, 'not-this-activity')
    for (const { index } of frame.results)
      if (!session.inputs.has(index)) session.inputs.set(index, inputHash(taskOf(index)))
    const leaves = frame.results.map((result) => leafOf(session, result))
    const proven = verifyFrame(receipt.body, leaves)
    if (!proven.ok) return wrong(runner, session, proven.code)
    const created = host.node.activities.get(session.activity)?.created.body
    const used = verifyUsage(receipt.body, {
      before: host.node.chains.get(session.activity)?.recent.find(({ id }) => id === receipt.body.prev)?.body.usage,
      results: frame.results,
      limits: created?.limits ?? { memoryPages: 0 },
      ageMs: world.now - (created?.issuedAt ?? 0),
      threads: created?.threads ?? 0,
      isInteractive: false,
      sentBytes: undefined,
    })
    if (!used.ok) return wrong(runner, session, used.code)
    if (runner.schedule.budget?.bears(session.activity, frame.results) === false)
      return wrong(runner, session, 'fuel-over-budget')
    host.input({ type: 'pulled', from: session.provider, events: [receipt] })
    const isKept = host.node.chains.get(session.activity)?.recent.some(({ id }) => id === receipt.id)
    if (!isKept) return wrong(runner, session, 'receipt-refused')
    runner.comparing?.findings.took(
      receipt.body,
      frame.results.map(({ index }) => index),
    )
    const judged = runner.reveals?.refused(session, frame.results, {
      leaves,
      mayBlame: session.isReady && !isOlder(session),
    })
    const sure = judged ? frame.results.filter(({ index }) => !judged.refused.has(index)) : frame.results
    take(runner, session, sure, receipt.id)
    if (judged?.isBlamed) blame(runner, session)
    if (runner.comparing) fillAll(runner)
    if (frame.results.length > 0) acknowledge(session, receipt)
    fill(runner, session)
  }

  /** Only what a closed tab finds again. */
  function acknowledge(session: Session, receipt: Verified<ReceiptBody>): void {
    if (host.disk.durable.has(receipt.id)) return send(session, { type: 'ack', sequence: receipt.body.sequence })
    world.plan(lookAgainMs, 'acknowledge', host, () => acknowledge(session, receipt))
  }

  function take(runner: Runner, session: Session, found: readonly WireResult[], receipt: Cid): void {
    const { activity, provider, inputs } = session
    const stored = storedJob(host.disk, runner.job)
    for (const result of found) {
      inputs.delete(result.index)
      const durationMs = result.durationUs / 1_000
      const told = { fuel: result.fuel, digest: runner.comparing && digestOf(result), provider }
      const answered = runner.schedule.answer(activity, result.index, verdictOf(result), durationMs, world.now, told)
      if (runner.comparing) runner.comparing.took(result, answered, { provider, receipt })
      else if (answered.type === 'ended') {
        stored.ends += 1
        if (!stored.results.has(result.index))
          stored.results.set(result.index, { status: result.status, provider, receipt, isRight: isRight(result) })
      }
    }
    world.checks.tookResults(host, runner.job, stored, runner.schedule.progress())
    report(runner)
  }

  function wrong(runner: Runner, session: Session, code: string): void {
    world.checks.caught(host, session.provider, code)
    runner.schedule.exclude(session.provider, 'wrong')
    world.network.end(session.stream)
    const message = `The provider's receipt does not prove its results: ${code}.`
    stepped(session.activity, 'terminate', { code: 'wrong-receipt', message })
  }

  function fill(runner: Runner, session: Session): void {
    if (!session.isReady) return
    const indexes = runner.schedule.take(session.activity, world.now)
    if (indexes.length === 0) return
    const tasks = indexes.map(taskOf)
    runner.reveals?.asked(session.activity, indexes)
    for (const task of tasks) session.inputs.set(task.index, inputHash(task))
    for (const part of parts(tasks, sizeOfBytes, frameLimits)) send(session, { type: 'run', tasks: part })
  }

  function fillAll(runner: Runner): void {
    for (const session of runner.sessions.values()) fill(runner, session)
  }

  function send(session: Session, frame: Parameters<typeof encodeFrame>[0]): void {
    world.network.send(session.stream, host, encodeFrame(frame))
  }

  function report(runner: Runner): void {
    const tell = (): void => {
      if (runner.schedule.isOver()) runner.comparing?.tell(true)
      runner.reportAt = world.now + reportEveryMs
      const progress: Progress = runner.schedule.progress()
      host.input({ type: 'tasksReported', job: runner.job, progress })
    }
    if (runner.schedule.isOver() || world.now >= runner.reportAt) return tell()
    world.plan(runner.reportAt - world.now, 'report', host, () => {
      if (world.now >= runner.reportAt) tell()
    })
  }

  function extended(job: Cid): void {
    const runner = runnerOf(job)
    runner.schedule.extend(storedJob(host.disk, job).taskCount)
    if (host.node.jobs.get(job)?.progress.isSealed) runner.schedule.seal()
    report(runner)
    fillAll(runner)
  }

  return {
    openActivity,
    closeActivity(id, reason) {
      const activity = host.node.activities.get(id)
      const runner = activity && runners.get(activity.job)
      const session = runner?.sessions.get(id)
      if (!runner || !session) return
      runner.reveals?.ended(id)
      runner.schedule.leave(id)
      session.isReady = false
      send(session, { type: 'terminate', reason })
    },
    extended,
    describe(job) {
      const runner = runners.get(job)
      if (!runner) return 'no runner'
      const { lanes, excluded } = runner.schedule
      const all = [...lanes.values()].map(
        ({ provider, inFlight, isPaused, lates }) =>
          `${world.hostOf.get(provider)?.index}: ${[...inFlight.keys()]} ${isPaused ? 'paused' : ''} ${lates} late`,
      )
      const out = [...excluded].map(([provider, why]) => `${world.hostOf.get(provider)?.index} ${why}`)
      return `lanes ${all.join('; ')} excluded ${out.join(', ')}`
    },
    resume() {
      for (const job of host.node.jobs.values()) {
        if (!isRunning(job)) continue
        const { taskCount } = storedJob(host.disk, job.id)
        if (!job.progress.isSealed) host.command({ type: 'sealJob', job: job.id, taskCount, sourceLost: true })
        extended(job.id)
      }
    },
  }
}

const failures = (all: ReadonlyMap<number, { readonly status: string }>): number =>
  [...all.values()].filter(({ status }) => status === 'failed').length
