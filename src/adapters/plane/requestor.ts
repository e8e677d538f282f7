import { type Activity, stepInto } from '../../activity/activity.ts'
import {
  asksForPay,
  encodeFrame,
  type ProviderFrame,
  parts,
  readProviderFrame,
  sizeOfBytes,
  taskToWire,
} from '../../activity/frames.ts'
import { Tasks } from '../../activity/messages.ts'
import type { TaskInput } from '../../activity/task.ts'
import { peerIdOfDid } from '../../identity/did.ts'
import { fuelTold, fuelToldBy, toldBefore } from '../../node/job-fuel.ts'
import { inputHash } from '../../receipts/merkle.ts'
import type { Cid } from '../../wire/cid.ts'
import type { FrameStream } from '../network.port.ts'
import { createAttesting, newWitnesses } from './attesting.ts'
import { codeOf } from './broken-stream.ts'
import { createComparing } from './comparing.ts'
import { createFreshTasks } from './fresh.ts'
import { createFuelWatch, ownFuel } from './fuel-watch.ts'
import { createGathering, gathered } from './gathering.ts'
import { createIncoming } from './incoming.ts'
import { createKeptResults, type ResultDisk } from './kept-results.ts'
import { heardOfProgress, laneView } from './lane-view.ts'
import { createListening } from './listening.ts'
import { localTerminal } from './local-terminal.ts'
import { createNumbering, numbersOf, tasksOf } from './numbering.ts'
import { createOutcomes } from './outcomes.ts'
import { tellPlaces } from './places.ts'
import { recallAnswers } from './recall.ts'
import type { RequestorPlane } from './requestor-plane.ts'
import { secretOf } from './results.ts'
import { createRevealing, roundsOf } from './revealing.ts'
import {
  countSent,
  inputsOf,
  newSession,
  type RequestorPorts,
  type Runner,
  type Session,
  type UsageTold,
} from './runner.ts'
import { scheduleOf } from './schedule-of.ts'
import { contentKeyFor, sealedTo } from './sealed-stream.ts'

/** A frame of tasks carries at most so much, so that no task waits behind a megabyte of others. */
const frameLimits = { mostBytes: 1_048_576, most: 256 }
/** Four times a second the node hears how far a job is; more would only repaint. */
const reportEveryMs = 250
/** Missed deadlines are looked for so often. */
const tickMs = 500
/** As many as a provider names of what it has at hand: where it names as many, there may be more. */
const mostHeld = 1_024

export function createRequestorPlane(ports: RequestorPorts): RequestorPlane {
  const { node, shell, network, store, timers, now } = ports
  const runners = new Map<Cid, Promise<Runner>>()
  const ready = new Map<Cid, Runner>()
  const opening = new Set<Cid>()
  /** Activities closed while their stream was still being opened, with the reason: told as soon as it stands. */
  const closing = new Map<Cid, string>()
  const revealing = createRevealing(ports, { blame: (...of) => outcomes.blame(...of), fill })
  const numbering = createNumbering(ports)
  const attesting = createAttesting(ports, { blame: (...of) => outcomes.blame(...of), report })
  const outcomes = createOutcomes(ports, { fillAll, report, attesting })
  const incoming = createIncoming(ports, { fill, revealing, numbering, outcomes })
  const listening = createListening(ports, { runnerOf, runnerNow: (job) => ready.get(job), report })
  const { terminals } = listening
  const watchFuel = createFuelWatch(ports, { isOpening: (activity) => opening.has(activity), tell })
  const ticking = setInterval(tick, tickMs)

  function runnerOf(job: Cid): Promise<Runner> {
    const known = runners.get(job)
    if (known) return known
    const made = makeRunner(job)
    runners.set(job, made)
    return made
  }

  async function makeRunner(job: Cid): Promise<Runner> {
    const spec = node.jobs.get(job)?.spec
    const { isInteractive = false, capture, channels: hasChannels = false } = spec ?? {}
    const comparing = createComparing(ports, job)
    const schedule = scheduleOf(spec, comparing)
    const live = isInteractive ? 'terminal' : capture === 'stream' ? 'output' : undefined
    const [stored, done, last] = await Promise.all([
      store.taskCount(job),
      store.doneIndexes(job),
      store.lastPosition(job),
    ])
    const newTasks = createGathering<TaskInput>((tasks) => store.addTasks(job, tasks), { timers, ...gathered })
    const tasks = createFreshTasks()
    const disk: ResultDisk = {
      /** No result without its task: a disk that has lost the one must not have the other. */
      async add(results) {
        newTasks.hurry()
        await tasks.stored()
        await store.addResults(job, results)
      },
      takeBack: (indexes) => store.takeBack(job, indexes),
    }
    const runner: Runner = {
      job,
      schedule,
      hasChannels,
      sessions: new Map(),
      asked: new Map(),
      usage: new Map(),
      live,
      terminals: live && terminals,
      sentBytes: new Map(),
      tasks,
      results: createKeptResults(last, disk, timers),
      newTasks,
      comparing,
      rounds: roundsOf(spec, schedule),
      witnesses: spec?.policy.redundancy.mode === 'witnessed' ? newWitnesses() : undefined,
      hasFailed: false,
      keeping: 0,
      choosing: new Map(),
      reportAt: 0,
      timer: undefined,
    }
    schedule.extend(stored)
    schedule.restore(done, node.jobs.get(job)?.progress.failed ?? 0, fuelTold(node, job))
    if (schedule.budget) {
      const own = { activity: job, receipts: await ownFuel(store, job), mayHold: 0 }
      schedule.budget.restore([own, ...toldBefore(node, job, stored)])
    }
    if (node.jobs.get(job)?.progress.isSealed) schedule.seal()
    ready.set(job, runner)
    if (comparing) await outcomes.settled(runner, await recallAnswers(ports, runner, done))
    return runner
  }

  function openActivity(id: Cid): void {
    if (opening.has(id)) return
    opening.add(id)
    void converse(id).finally(() => {
      opening.delete(id)
      closing.delete(id)
    })
  }

  /** One stream from its opening to its end; the node hears of both. */
  async function converse(id: Cid): Promise<void> {
    const activity = node.activities.get(id)
    const peer = activity && peerIdOfDid(activity.provider)
    if (!activity || !peer) return
    const runner = await runnerOf(activity.job)
    if (runner.sessions.has(id)) return
    let session: Session | undefined
    try {
      const stream = await sealedFor(activity, await network.openStream(peer, Tasks, AbortSignal.timeout(openMs)))
      const secret = await secretOf(ports.signer, id)
      const isOlder = activity.created.body.issuedAt < (node.startedAt ?? 0)
      const numbers = await numbersOf(ports, activity)
      session = newSession(runner, activity, { stream, secret, numbers, isOlder })
      runner.sessions.set(id, session)
      runner.asked.set(id, session.inputs)
      const received = (node.chains.get(id)?.latest.body.sequence ?? -1) + 1
      const contentKey = activity.isSealed && (await contentKeyFor(ports.signer, activity.job))
      await stream.send(
        encodeFrame({ type: 'open', activity: id, received, secret, ...(contentKey && { contentKey }) }),
      )
      const reason = closing.get(id)
      if (reason !== undefined) await stream.send(encodeFrame({ type: 'terminate', reason }))
      for await (const bytes of stream.frames) {
        const frame = readProviderFrame(bytes)
        if (!frame.ok) {
          ports.report({
            code: 'malformed',
            phase: 'results',
            peer: activity.provider,
            message: String(frame.facts['reason']),
          })
          stream.abort('malformed')
          break
        }
        await hear(runner, session, frame.value)
      }
    } catch (error) {
      ports.report({
        code: codeOf(error),
        phase: 'activity',
        peer: activity.provider,
        message: error instanceof Error ? error.message : '',
      })
      session?.stream.abort('broken')
    }
    await session?.settled
    if (session) terminals.hungUp(activity.job, session.line)
    runner.rounds?.left(id)
    numbering.left(runner, id)
    attesting.left(runner, id)
    runner.schedule.leave(id)
    runner.sessions.delete(id)
    report(runner)
    fillAll(runner)
    await shell.input({ type: 'activityStepped', activity: id, step: 'lose' })
  }

  const sealedFor = async ({ id, agreement, isSealed }: Activity, stream: FrameStream): Promise<FrameStream> =>
    isSealed ? sealedTo(stream, { activity: id, lasting: node.agreements.get(agreement)?.terms.sealingKey }) : stream

  async function hear(runner: Runner, session: Session, frame: ProviderFrame): Promise<void> {
    // Whoever speaks is not gone: what was taken from it as late may be handed to it again.
    if (listening.isSignOfLife(runner, session, frame)) runner.schedule.returns(session.activity, now())
    if (frame.type === 'results') return incoming.results(runner, session, frame)
    if (frame.type === 'output' || frame.type === 'awaiting') return listening.heard(runner, session, frame)
    if (frame.type === 'usage') return listening.told(runner, session, frame)
    if (frame.type === 'attested') return attesting.attested(runner, session, frame)
    if (frame.type === 'committed') return revealing.committed(runner, session, frame)
    if (frame.type === 'returned') {
      for (const index of numbering.givenBack(runner, session, frame.indexes))
        runner.schedule.answer(session.activity, index, 'again', 0, now())
      if (asksForPay(frame)) runner.comparing?.asksForPay(session.activity)
      return fillAll(runner)
    }
    if (frame.type === 'progress') {
      heardOfProgress(runner, session, tasksOf(session, frame.tasks))
      return report(runner)
    }
    const { activity } = session
    const failure = frame.code === undefined ? undefined : { code: frame.code, message: frame.message ?? '' }
    if (frame.state === 'Deployed') await shell.input({ type: 'activityStepped', activity, step: 'initialize' })
    await shell.input({ type: 'activityStepped', activity, step: stepInto[frame.state], failure })
    if (frame.state === 'Terminated') {
      runner.rounds?.ended(activity)
      runner.schedule.leave(activity)
      report(runner)
    }
    if (frame.state !== 'Ready' || closing.has(activity)) return
    const { holds } = frame
    runner.schedule.budget?.learn(activity, holds ?? [], fuelToldBy(node, activity))
    if (holds && holds.length < mostHeld) runner.rounds?.holds(activity, holds)
    const threads = node.activities.get(activity)?.threads ?? 1
    if (!runner.schedule.lanes.has(activity)) runner.schedule.join(activity, session.provider, threads, now())
    session.isReady = true
    await fill(runner, session)
  }

  async function fill(runner: Runner, session: Session): Promise<void> {
    if (session.isFilling || !session.isReady) return
    session.isFilling = true
    try {
      for (;;) {
        const handed = numbering.take(runner, session)
        if (handed.length === 0) break
        tellPlaces(runner)
        revealing.asked(runner, session, handed)
        const inputs = await inputsOf(
          store,
          runner,
          handed.map(({ index }) => index),
        )
        const { live } = runner
        const tasks = inputs.map((input, i) => ({ ...taskToWire(handed[i]!.number, input), ...(live && { live }) }))
        for (const task of tasks) session.inputs.set(task.index, inputHash(task))
        for (const task of tasks) countSent(runner, session.activity, sizeOfBytes(task))
        for (const part of parts(tasks, sizeOfBytes, frameLimits))
          await session.stream.send(encodeFrame({ type: 'run', tasks: part }))
      }
    } catch {
      // The stream broke: its end gives the tasks back.
    } finally {
      session.isFilling = false
    }
  }

  function fillAll(runner: Runner): void {
    for (const session of runner.sessions.values()) void fill(runner, session)
  }

  /** Tells the node how far the job is: at once when it is over, else a few times a second. */
  function report(runner: Runner): void {
    tellPlaces(runner)
    const waitMs = runner.schedule.isOver() ? 0 : runner.reportAt + reportEveryMs - now()
    if (waitMs > 0) {
      runner.timer ??= setTimeout(() => tell(runner), waitMs)
      return
    }
    tell(runner)
  }

  function tell(runner: Runner): void {
    clearTimeout(runner.timer)
    runner.timer = undefined
    // Of two providers' last frames one is stored first: whoever stores the other tells.
    if (runner.schedule.isOver() && runner.keeping > 0) return
    runner.reportAt = now()
    if (runner.schedule.isOver()) runner.comparing?.tell(true)
    const awaitingInput = runner.terminals?.awaitingCount(runner.job)
    const progress = { ...runner.schedule.progress(), ...(awaitingInput ? { awaitingInput } : {}) }
    void shell.input({ type: 'tasksReported', job: runner.job, progress })
  }

  function tick(): void {
    for (const runner of ready.values()) {
      if (node.jobs.get(runner.job)?.outcome !== undefined) {
        runner.tasks.forget()
        runner.results.forget()
      }
      revealing.tick(runner)
      const late = runner.schedule.late(now())
      for (const { activity, provider, lates } of late) {
        const session = runner.sessions.get(activity)
        runner.rounds?.left(activity)
        numbering.left(runner, activity)
        ports.report({ code: 'late', phase: 'run', peer: provider, message: `missed its deadline ${lates} times` })
        void session?.stream
          .send(encodeFrame({ type: 'recall', indexes: [...session.inputs.keys()].slice(0, 1_024) }))
          .catch(() => {})
      }
      runner.comparing?.tell()
      void outcomes.settled(runner, runner.schedule.settle(now()))
      watchFuel(runner)
      fillAll(runner)
    }
  }

  async function closeActivity(id: Cid, reason: string): Promise<void> {
    const activity = node.activities.get(id)
    const runner = activity && ready.get(activity.job)
    const session = runner?.sessions.get(id)
    if (opening.has(id)) closing.set(id, reason)
    if (!runner || !session) return
    runner.schedule.leave(id)
    runner.rounds?.ended(id)
    session.isReady = false
    await session.stream.send(encodeFrame({ type: 'terminate', reason })).catch(() => {})
  }

  return {
    openActivity,
    closeActivity: (id, reason) => void closeActivity(id, reason),
    async extended(job) {
      const runner = await runnerOf(job)
      runner.schedule.extend(await store.taskCount(job))
      if (node.jobs.get(job)?.progress.isSealed) runner.schedule.seal()
      report(runner)
      fillAll(runner)
    },
    async given(job, from, tasks) {
      const runner = await runnerOf(job)
      const stored = runner.newTasks.add(tasks)
      runner.tasks.add({ from, tasks, stored })
      runner.schedule.extend(from + tasks.length)
      report(runner)
      fillAll(runner)
      await stored
    },
    hurry: (job) => void runnerOf(job).then(({ newTasks }) => newTasks.hurry()),
    fresh: (job, after, most) => ready.get(job)?.results.behind(after, most),
    async local(job, threads) {
      const runner = await runnerOf(job)
      runner.schedule.join(job, node.me, threads, now())
      return {
        take: (most) => runner.schedule.take(job, now(), most),
        input: async (index) => structuredClone((await inputsOf(store, runner, [index]))[0]!),
        live: (index, input) => runner.live && localTerminal(terminals, { job, index, input, kind: runner.live, now }),
        finish: async (found) =>
          void (await outcomes.take(runner, { activity: job, provider: node.me }, found, undefined)),
        leave: () => runner.schedule.leave(job),
      }
    },
    lanes(job) {
      const runner = ready.get(job)
      return runner ? [...runner.schedule.lanes.values()].map((lane) => laneView(runner, lane)) : []
    },
    onResults: outcomes.onResults,
    terminals,
    onTalk: listening.onTalk,
    usage: (job) => ready.get(job)?.usage ?? noUsage,
    stop() {
      clearInterval(ticking)
      for (const runner of ready.values()) {
        clearTimeout(runner.timer)
        runner.newTasks.hurry()
        runner.results.hurry()
        runner.comparing?.flush()
        for (const session of runner.sessions.values()) session.stream.abort('stopped')
      }
    },
  }
}

const noUsage: ReadonlyMap<Cid, UsageTold> = new Map()
/** The stream of an activity is opened within this, or the provider is taken for gone. */
const openMs = 10_000
