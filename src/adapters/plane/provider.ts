import { type Activity, isOpen } from '../../activity/activity.ts'
import { encodeFrame, notPaid, type RequestorFrame, readRequestorFrame } from '../../activity/frames.ts'
import type { WireTask } from '../../activity/messages.ts'
import type { TaskProgress } from '../../activity/runtime.ts'
import { peerIdOfDid } from '../../identity/did.ts'
import { type Result, refuse } from '../../kernel/result.ts'
import type { FrameSummary } from '../../node/input.ts'
import { mayComputeOn } from '../../node/money.ts'
import { inputHash } from '../../receipts/merkle.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Did } from '../../wire/schema.ts'
import type { FrameStream } from '../network.port.ts'
import { createRooms } from './channels.ts'
import { createCommitting, mayKeepBack } from './committing.ts'
import { deploymentFor } from './deploying.ts'
import { createEarly } from './early.ts'
import type { HowFetched, ProviderPorts } from './provider-ports.ts'
import { createResultFrames } from './result-frames.ts'
import { acceptsSealed, type SealableStream, sealableStream } from './sealed-stream.ts'
import {
  abandon,
  acknowledged,
  coming,
  held,
  isWithinShare,
  listened,
  lost,
  mayBegin,
  newSession,
  placeOf,
  received,
  type Session,
  terminalOf,
  terminated,
  typed,
  type Work,
  workOf,
} from './session.ts'
import { spentWith } from './spent.ts'
import { createTaskRuns } from './task-runs.ts'
import { createUsageTelling } from './usage-telling.ts'
import { createWitnessing } from './witnessing.ts'

export type ProviderPlane = {
  /** Serves a stream that a requestor opened. Resolves when it is over; never rejects. */
  serve(stream: FrameStream): Promise<void>
  /** The same for one that another provider of a job opened, for its tasks to speak to those here. */
  serveChannel(stream: FrameStream): Promise<void>
  closeActivity(activity: Cid): void
  /** Something outside changed, a payment for instance: whoever waited for it goes on. */
  goOn(): void
  /** What is being computed now, for whom: for the page. */
  work(): readonly Work[]
  /** Bytes of tasks, results and modules, both ways, since the start. */
  movedBytes(): number
  /** Told when a task ends. */
  onTask(listener: (done: TaskDone) => void): () => void
  stop(): void
}
export type TaskDone = {
  readonly job: Cid
  readonly requestor: Did
  readonly status: 'ok' | 'failed'
  readonly durationUs: number
}

/** Four times what an honest requestor has out at once. */
const mostQueued = 2_048
/** Frames that may wait for the requestor's word that it stored them; then computing pauses: that is the back-pressure. */
const mostUnacknowledged = 64
/** Tasks at hand when a stream is opened again; more would have been sent. */
const mostHeld = 1_024
/** Half of a requestor's slack beside a task's own time. */
const sayUnpaidMs = 2_000

export function createProviderPlane(ports: ProviderPorts): ProviderPlane {
  const { node, shell, runtime, now } = ports
  const sessions = new Map<Cid, Session>()
  const listeners = new Set<(done: TaskDone) => void>()
  const early = createEarly()
  const rooms = createRooms({ me: node.me, open: ports.openChannel, moved: count })
  let turn = 0
  let moved = 0
  let waiting: ReturnType<typeof setTimeout> | undefined
  const runs = createTaskRuns({ runtime, keep: ports.keep })
  const unlisten = runtime.onIdle(pump)
  const frames = createResultFrames({ node, shell, now, send, keep: ports.keep })
  const committing = createCommitting({ node, shell, now, send, released })
  const witness = createWitnessing({ node, shell, now, send })
  const telling = createUsageTelling({ node, now, send, sessions: () => sessions.values(), charge: frames.interim })
  const unlistenProgress = runs.onProgress(tellProgress)

  async function serve(opened: FrameStream): Promise<void> {
    const stream = sealableStream(opened, acceptsSealed(ports))
    let session: Session | undefined
    try {
      for await (const bytes of stream.frames) {
        moved += bytes.length
        const frame = readRequestorFrame(bytes)
        if (!frame.ok) return stream.abort('malformed')
        if (frame.value.type === 'open') session = await open(stream, frame.value)
        if (!session) return void (await stream.close())
        obey(session, frame.value)
      }
    } catch {
      // The stream broke: what was computed waits for the next one.
    } finally {
      if (session?.stream === stream) lose(session)
    }
  }

  async function open(
    stream: SealableStream,
    frame: Extract<RequestorFrame, { type: 'open' }>,
  ): Promise<Session | undefined> {
    const activity = node.activities.get(frame.activity as Cid)
    const agreement = activity && node.agreements.get(activity.agreement)
    const isTheirs =
      activity && peerIdOfDid(activity.requestor) === stream.peerId && activity.isSealed === stream.isSealed
    if (isTheirs && isOpen(activity) && !node.plan) await early.sells()
    if (!activity || !isTheirs || !isOpen(activity) || agreement?.state !== 'approved' || !node.plan) {
      await stream.send(encodeFrame(terminated('activity-unknown', 'No such activity is open here.')))
      return undefined
    }
    const known = sessions.get(activity.id)
    if (!known && node.chains.has(activity.id)) {
      await stream.send(encodeFrame(terminated('provider-restarted', 'What was computed before the restart is lost.')))
      await shell.input({ type: 'activityStepped', activity: activity.id, step: 'terminate' })
      return undefined
    }
    if (known) return resume(known, stream, frame)
    const { id } = activity
    const { runtime } = agreement.terms
    const { secret, contentKey } = frame
    const session = newSession(activity, { stream, secret, contentKey, startedAt: now(), runtime })
    sessions.set(id, session)
    await shell.input({ type: 'activityStepped', activity: id, step: 'initialize' })
    void deploy(session, activity)
    return session
  }

  async function resume(
    session: Session,
    stream: FrameStream,
    { received, secret }: Extract<RequestorFrame, { type: 'open' }>,
  ): Promise<Session> {
    session.stream?.abort('replaced')
    session.stream = stream
    session.secret = secret
    session.queue = []
    await shell.input({ type: 'activityStepped', activity: session.activity, step: 'initialize' })
    for (const [sequence, frame] of session.unacknowledged) {
      if (sequence < received) session.unacknowledged.delete(sequence)
      else await stream.send(frame.bytes)
    }
    for (const { terminal } of session.running.values()) terminal?.hello()
    committing.again(session)
    if (session.deployment) await ready(session)
    return session
  }

  function count(bytes: number): void {
    moved += bytes
  }

  async function deploy(session: Session, activity: Activity): Promise<void> {
    const deployed = await deploymentFor({ ...ports, rooms, fetchFrom, moved: count }, session, activity)
    if ('code' in deployed) return fail(session, deployed.code, deployed.message)
    session.deployment = deployed.deployment
    return ready(session).then(pump)
  }

  async function fetchFrom({ requestor }: Session, cid: Cid, how: HowFetched): Promise<Result<Uint8Array>> {
    const from = peerIdOfDid(requestor)
    if (!from) return refuse('content-missing', { requestor })
    const file = await ports.fetchFile(cid, { from, ...how })
    count(file.ok ? file.value.length : 0)
    return file
  }

  async function ready(session: Session): Promise<void> {
    const { activity } = session
    await shell.input({ type: 'activityStepped', activity, step: 'deploy' })
    await send(session, encodeFrame({ type: 'state', state: 'Deployed', progressPermille: 1_000 }))
    await shell.input({ type: 'activityStepped', activity, step: 'start' })
    const holds = held(session).slice(0, mostHeld)
    await send(session, encodeFrame({ type: 'state', state: 'Ready', progressPermille: 1_000, holds }))
  }

  async function fail(session: Session, code: string, message: string): Promise<void> {
    await send(session, encodeFrame(terminated(code, message)))
    await finish(session, 'Failed')
    await shell.input({
      type: 'activityStepped',
      activity: session.activity,
      step: 'terminate',
      failure: { code, message: message.slice(0, 256) },
    })
  }

  function obey(session: Session, frame: RequestorFrame): void {
    switch (frame.type) {
      case 'run': {
        if (session.queue.length + frame.tasks.length > mostQueued) return session.stream?.abort('too-many-tasks')
        session.usage = received(session.usage, frame.tasks)
        const known = coming(session)
        session.queue.push(...frame.tasks.filter(({ index }) => !known.has(index)))
        return pump()
      }
      case 'ack':
        acknowledged(session, frame.sequence)
        return pump()
      case 'recall': {
        const recalled = new Set(frame.indexes)
        session.queue = session.queue.filter(({ index }) => !recalled.has(index))
        // Whoever was late says that it is here: it may be given something new.
        return void send(session, encodeFrame({ type: 'returned', indexes: [], code: 'recalled' }))
      }
      case 'input':
        if (typed(session, frame) === 'taken') return
        abandon(session)
        return void fail(session, 'input-over-window', 'More input came than a program may have unread.')
      case 'places':
        return session.channels?.told(frame.tasks)
      case 'closed':
        return void committing
          .closed(session, frame)
          .then((isTheirs) => isTheirs || session.stream?.abort('not-closed'))
      case 'attest':
        return void witness(session, frame)
      case 'credit':
        return terminalOf(session, frame)?.credited(frame)
      case 'terminate':
        abandon(session)
        return void finish(
          session,
          frame.reason === 'Success' || frame.reason === 'job-over' ? 'CompletedSuccessfully' : 'Cancelled',
        )
      default: // how a stream begins
        return
    }
  }

  /** Hands queued tasks to the runtime, one of each session in turn, while it has room. */
  function pump(): void {
    const all = [...sessions.values()]
    let idle = runs.idle()
    for (let passed = 0; idle > 0 && passed < all.length; ) {
      const session = all[turn++ % all.length]
      const task = session && mayRun(session) ? session.queue.shift() : undefined
      if (!session || !task) {
        passed += 1
        continue
      }
      passed = 0
      void run(session, task)
      idle = runs.idle()
    }
    if (!waiting && all.some(waitsForPay)) waiting = setTimeout(askForPay, sayUnpaidMs)
  }

  const mayRun = (session: Session): boolean =>
    isWithinShare(session, { node, now: now() }) &&
    isPaid(session) &&
    mayBegin(session) &&
    session.unacknowledged.size < mostUnacknowledged &&
    mayKeepBack(session)

  const isPaid = ({ activity }: Session): boolean => {
    const agreement = node.activities.get(activity)?.agreement
    return agreement !== undefined && mayComputeOn(node, agreement, now())
  }

  const waitsForPay = (session: Session): boolean => session.queue.length > 0 && mayBegin(session) && !isPaid(session)

  /** Whoever waits for its pay is here, and not late. */
  function askForPay(): void {
    waiting = undefined
    for (const session of sessions.values())
      if (waitsForPay(session)) void send(session, encodeFrame({ type: 'returned', indexes: [], code: notPaid }))
    pump()
  }

  async function run(session: Session, task: WireTask): Promise<void> {
    const { deployment } = session
    if (!deployment) return
    const abort = new AbortController()
    const terminal = task.live && listened(session, task, { kind: task.live, now, send })
    session.running.set(task.index, { abort, since: now(), terminal })
    telling.begin()
    terminal?.hello()
    // The runtime may move large buffers away: what the receipt is over is hashed first.
    const given = task.live === 'terminal' ? undefined : inputHash(task)
    const place = placeOf(session, node.activities.get(session.activity), task.index)
    const outcome = await runs.run(
      deployment,
      { ...task, place },
      {
        signal: abort.signal,
        live: terminal?.live,
        fetchContent: (cid, mostBytes, signal) => fetchFrom(session, cid, { mostBytes, signal }),
      },
    )
    const read = terminal?.read(outcome.readBytes ?? 0) ?? task.stdin
    const computed = { index: task.index, inputHash: given ?? inputHash({ ...task, stdin: read }) }
    session.running.delete(task.index)
    session.spent = spentWith(session.spent, outcome)
    // What was stopped on the way goes back untold: whoever asked for it hears that the activity is over.
    if (session.isEnding) return
    session.done += 1
    if (!committing.keepsBack(session, { ...computed, outcome })) session.ready.push({ ...computed, outcome })
    const { status, usage } = outcome
    for (const listener of listeners)
      listener({ job: session.job, requestor: session.requestor, status, durationUs: usage.durationUs })
    frames.flush(session)
    if (task.script) pump()
  }

  function released(session: Session): void {
    frames.flush(session)
    pump()
  }

  function tellProgress({ place, permille }: TaskProgress): void {
    for (const session of sessions.values())
      if (session.job === place.job && session.running.has(place.index) && !session.isEnding)
        void send(session, encodeFrame({ type: 'progress', tasks: [{ index: place.index, permille }] }))
  }

  async function finish(session: Session, outcome: FrameSummary['outcome']): Promise<void> {
    if (session.isOver) return
    session.isOver = true
    session.isEnding = true
    committing.end(session)
    await frames.finish(session, outcome)
    sessions.delete(session.activity)
    session.channels?.leave()
    await shell.input({ type: 'activityStepped', activity: session.activity, step: 'terminate' })
    await session.stream?.close().catch(() => {})
  }

  async function send(session: Session, frame: Uint8Array): Promise<void> {
    if (session.stream) moved += frame.length
    // A broken stream loses nothing: frames wait under their sequence, states are told again.
    await session.stream?.send(frame).catch(() => {})
  }

  function lose(session: Session): void {
    const told = lost(session, node)
    if (!session.isOver) void shell.input(told)
  }

  return {
    serve,
    serveChannel: rooms.serve,
    closeActivity(activity) {
      const session = sessions.get(activity)
      // One that ends already says how it ended itself.
      if (!session || session.isEnding) return
      abandon(session)
      void send(session, encodeFrame(terminated('Shutdown', 'The provider ended the agreement.'))).then(() =>
        finish(session, 'Cancelled'),
      )
    },
    work: () => [...sessions.values()].map(workOf),
    goOn() {
      pump()
      if (node.plan) early.goOn()
    },
    movedBytes: () => moved,
    onTask(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop() {
      unlisten()
      unlistenProgress()
      clearTimeout(waiting)
      telling.stop()
      early.goOn()
      for (const session of sessions.values()) {
        committing.end(session)
        session.stream?.abort('stopped')
      }
    },
  }
}
