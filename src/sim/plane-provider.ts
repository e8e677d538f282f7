import { type Activity, isOpen } from '../activity/activity.ts'
import {
  encodeFrame,
  notPaid,
  type ProviderFrame,
  type RequestorFrame,
  readRequestorFrame,
} from '../activity/frames.ts'
import type { WireResult, WireTask } from '../activity/messages.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { FrameSummary } from '../node/input.ts'
import { mayComputeOn } from '../node/money.ts'
import { inputHash, merkleRoot } from '../receipts/merkle.ts'
import type { ReceiptBody, Usage } from '../receipts/messages.ts'
import { noUsage, withTask } from '../receipts/usage.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { SimStream } from './network.ts'
import { createCommits, type Keeping, newKeeping } from './plane-commits.ts'
import { type Computed, fuelPerMs, leafOf, resultOf } from './plane-results.ts'
import type { Host } from './shell.ts'

/** The bulk on the side of whoever computes: as adapters/plane/provider does it, with workers that only take time. */
export type SimProviderPlane = {
  serve(stream: SimStream): void
  closeActivity(activity: Cid): void
  /** What was paid may let it compute on. */
  goOn(): void
  running(): number
}

type Session = {
  readonly activity: Cid
  stream: SimStream | undefined
  secret: Uint8Array
  isDeployed: boolean
  queue: WireTask[]
  readonly running: Set<number>
  ready: Computed[]
  signing: readonly Computed[]
  readonly unacknowledged: Map<number, { readonly bytes: Uint8Array; readonly indexes: readonly number[] }>
  usage: Usage
  readonly startedAt: Timestamp
  isSigning: boolean
  isGathering: boolean
  sentAt: number
  isEnding: boolean
  isOver: boolean
  /** Of an activity whose results are committed to first. */
  readonly keeping: Keeping | undefined
}

/** The numbers of adapters/plane/provider.ts. */
const mostPerFrame = 256
const mostUnacknowledged = 64
const sayUnpaidMs = 2_000
const gatherMs = 200
const gatherMost = 64
const mostHeld = 1_024
/** Fetching and compiling a module that is not here yet. */
const deployMs = 300

export function createProviderPlane(host: Host): SimProviderPlane {
  const { world, actor, rng } = host
  const sessions = new Map<Cid, Session>()
  const commits = createCommits<Session>(host, {
    send,
    released(session, all) {
      session.ready.push(...all)
      flush(session)
      pump()
    },
  })
  let turn = 0
  let running = 0
  let isWaiting = false

  function serve(stream: SimStream): void {
    let session: Session | undefined
    stream.onServer = (bytes) => {
      const frame = readRequestorFrame(bytes)
      if (!frame.ok) return world.network.end(stream)
      if (frame.value.type === 'open') session = open(stream, frame.value)
      if (!session) return world.network.end(stream)
      obey(session, frame.value)
    }
    stream.serverEnded = () => {
      if (session?.stream === stream) lose(session)
    }
  }

  function open(stream: SimStream, frame: Extract<RequestorFrame, { type: 'open' }>): Session | undefined {
    const activity = host.node.activities.get(frame.activity as Cid)
    const agreement = activity && host.node.agreements.get(activity.agreement)
    const isTheirs = activity?.requestor === stream.opener.did
    if (!activity || !isTheirs || !isOpen(activity) || agreement?.state !== 'approved' || !host.node.plan) {
      world.network.send(stream, host, encodeFrame(terminated('activity-unknown', 'No such activity is open here.')))
      return undefined
    }
    const known = sessions.get(activity.id)
    if (!known && host.node.chains.has(activity.id)) {
      const frame = terminated('provider-restarted', 'What was computed before the restart is lost.')
      world.network.send(stream, host, encodeFrame(frame))
      host.input({ type: 'activityStepped', activity: activity.id, step: 'terminate' })
      return undefined
    }
    if (known) return resume(known, stream, frame)
    const session = newSession(stream, { secret: frame.secret, startedAt: host.now(), activity })
    sessions.set(activity.id, session)
    host.input({ type: 'activityStepped', activity: activity.id, step: 'initialize' })
    world.plan(deployMs, 'deployed', host, () => {
      session.isDeployed = true
      ready(session)
      pump()
    })
    return session
  }

  function resume(session: Session, stream: SimStream, frame: Extract<RequestorFrame, { type: 'open' }>): Session {
    if (session.stream) world.network.end(session.stream)
    session.stream = stream
    session.queue = [] // the requestor hands out again what it does not hear of
    session.secret = frame.secret
    host.input({ type: 'activityStepped', activity: session.activity, step: 'initialize' })
    for (const [sequence, { bytes }] of session.unacknowledged) {
      if (sequence < frame.received) session.unacknowledged.delete(sequence)
      else world.network.send(stream, host, bytes)
    }
    if (session.isDeployed) ready(session)
    commits.again(session)
    return session
  }

  function ready(session: Session): void {
    for (const [step, state] of [
      ['deploy', 'Deployed'],
      ['start', 'Ready'],
    ] as const) {
      host.input({ type: 'activityStepped', activity: session.activity, step })
      const told = state === 'Ready' ? { holds: held(session).slice(0, mostHeld) } : {}
      send(session, encodeFrame({ type: 'state', state, progressPermille: 1_000, ...told }))
    }
  }

  function obey(session: Session, frame: RequestorFrame): void {
    switch (frame.type) {
      case 'run': {
        const sent = [...session.unacknowledged.values()].flatMap(({ indexes }) => indexes)
        const coming = new Set([...held(session), ...sent])
        session.queue.push(...frame.tasks.filter(({ index }) => !coming.has(index)))
        return pump()
      }
      case 'ack':
        for (const sequence of session.unacknowledged.keys())
          if (sequence <= frame.sequence) session.unacknowledged.delete(sequence)
        return pump()
      case 'recall': {
        const recalled = new Set(frame.indexes)
        session.queue = session.queue.filter(({ index }) => !recalled.has(index))
        // A word, so that the requestor hears that somebody is there.
        return send(session, encodeFrame({ type: 'returned', indexes: [], code: 'recalled' }))
      }
      case 'closed':
        if (!commits.closed(session, frame.commits) && session.stream) world.network.end(session.stream)
        return
      case 'terminate':
        session.queue = []
        session.isEnding = true
        return finish(
          session,
          frame.reason === 'Success' || frame.reason === 'job-over' ? 'CompletedSuccessfully' : 'Cancelled',
        )
      case 'open':
        return
    }
  }

  function pump(): void {
    const all = [...sessions.values()]
    let idle = (host.node.plan?.threads ?? 0) - running
    for (let passed = 0; idle > 0 && passed < all.length; ) {
      const session = all[turn++ % all.length]
      const task = session && mayRun(session) ? session.queue.shift() : undefined
      if (!session || !task) {
        passed += 1
        continue
      }
      passed = 0
      run(session, task)
      idle -= 1
    }
    if (!isWaiting && all.some(waitsForPay)) askForPay()
  }

  const mayRun = (session: Session): boolean =>
    session.running.size < (host.node.activities.get(session.activity)?.threads ?? 0) &&
    isPaid(session) &&
    session.isDeployed &&
    !session.isEnding &&
    session.unacknowledged.size < mostUnacknowledged

  const isPaid = ({ activity }: Session): boolean => {
    const agreement = host.node.activities.get(activity)?.agreement
    return agreement !== undefined && mayComputeOn(host.node, agreement, host.now())
  }

  const waitsForPay = (session: Session): boolean =>
    session.queue.length > 0 && session.isDeployed && !session.isEnding && !isPaid(session)

  function askForPay(): void {
    isWaiting = true
    world.plan(sayUnpaidMs, 'askForPay', host, () => {
      isWaiting = false
      for (const session of sessions.values())
        if (waitsForPay(session)) send(session, encodeFrame({ type: 'returned', indexes: [], code: notPaid }))
      pump()
    })
  }

  function run(session: Session, task: WireTask): void {
    running += 1
    session.running.add(task.index)
    const { slowPermille, hangPermille, trapPermille, workerLostPermille } = world.faults
    const limits = host.node.activities.get(session.activity)?.limits
    const timeoutMs = limits?.timeoutMs ?? 30_000
    const tankMs = limits?.fuel === undefined ? timeoutMs : Number(limits.fuel / fuelPerMs)
    const usual = 1 + rng.below(2 * host.role.taskMs)
    const isHung = rng.chance(hangPermille)
    const wantedMs = isHung ? timeoutMs : rng.chance(slowPermille) ? usual * 10 : usual
    const isTimedOut = wantedMs >= timeoutMs
    const isDry = wantedMs > tankMs
    const durationMs = Math.min(wantedMs, timeoutMs, tankMs)
    const code = isDry
      ? 'out-of-fuel'
      : isTimedOut
        ? 'timed-out'
        : rng.chance(trapPermille)
          ? 'trapped'
          : rng.chance(workerLostPermille)
            ? 'worker-lost'
            : undefined
    world.plan(durationMs, 'taskDone', host, () => {
      running -= 1
      session.running.delete(task.index)
      if (session.isEnding) return pump()
      const result = resultOf(task, { durationMs, code, isDeterministic: limits?.seed !== undefined })
      const computed = { inputHash: inputHash(task), result: actor.tells?.(result, host) ?? result }
      if (!commits.keepsBack(session, computed)) session.ready.push(computed)
      if (actor.answers !== false) flush(session)
      pump()
    })
    world.checks.runs(host, running)
  }

  function flush(session: Session): void {
    if (session.isSigning || session.isOver || session.isEnding || session.ready.length === 0) return
    if (!isDue(session)) return gather(session)
    session.isSigning = true
    session.sentAt = world.now
    const some = session.ready.slice(0, mostPerFrame)
    session.ready = session.ready.slice(some.length)
    session.signing = some
    sendResults(session, some, { isFinal: false, outcome: 'Running' }, () => {
      session.isSigning = false
      flush(session)
    })
  }

  /** Where nothing is queued any more, somebody waits. */
  const isDue = ({ ready, queue, sentAt }: Session): boolean =>
    ready.length >= gatherMost || queue.length === 0 || world.now - sentAt >= gatherMs

  function gather(session: Session): void {
    if (session.isGathering) return
    session.isGathering = true
    world.plan(gatherMs, 'gathered', host, () => {
      session.isGathering = false
      flush(session)
    })
  }

  function sendResults(
    session: Session,
    some: readonly Computed[],
    end: Pick<FrameSummary, 'isFinal' | 'outcome'>,
    then: () => void,
  ): void {
    const results = some.map(({ result }) => result)
    const root = merkleRoot(some.map((one) => leafOf(session, one)))
    const before = session.usage
    session.usage = results.reduce(withTask, before)
    const okCount = results.filter(({ status }) => status === 'ok').length
    const frame: FrameSummary = {
      ...end,
      taskCount: results.length,
      okCount,
      failedCount: results.length - okCount,
      root: actor.roots?.(root, host) ?? root,
      usage: session.usage,
      startedAt: session.startedAt,
      endedAt: host.now(),
    }
    host.attest(session.activity, frame, (receipt) => {
      session.signing = []
      if (receipt) {
        const bytes = framed(results, receipt)
        session.unacknowledged.set(receipt.body.sequence, { bytes, indexes: results.map(({ index }) => index) })
        send(session, bytes)
        const other = actor.contradicts?.(receipt, before, host)
        if (other) send(session, framed([], other))
      }
      then()
    })
  }

  const framed = (results: readonly WireResult[], receipt: Verified<ReceiptBody>): Uint8Array =>
    encodeFrame({ type: 'results', results: [...results], receipt: world.codec.seal(host.signer, receipt) })

  function finish(session: Session, outcome: FrameSummary['outcome']): void {
    if (session.isOver) return
    session.isOver = true
    session.isEnding = true
    sendResults(session, [], { isFinal: true, outcome }, () => {
      sessions.delete(session.activity)
      host.input({ type: 'activityStepped', activity: session.activity, step: 'terminate' })
      // What was sent arrives before the end does.
      const { stream } = session
      if (stream) world.plan(1_000, 'closed', host, () => world.network.end(stream))
    })
  }

  function send(session: Session, bytes: Uint8Array): void {
    if (session.stream) world.network.send(session.stream, host, bytes)
  }

  function lose(session: Session): void {
    const { activity, queue, isOver } = session
    const hasSentAll = host.node.chains.has(activity) && queue.length === 0 && held(session).length === 0
    session.stream = undefined
    session.queue = []
    if (!isOver) host.input({ type: 'activityStepped', activity, step: 'lose', hasSentAll })
  }

  return {
    serve,
    closeActivity(activity) {
      const session = sessions.get(activity)
      if (!session || session.isEnding) return
      session.queue = []
      send(session, encodeFrame(terminated('Shutdown', 'The provider ended the agreement.')))
      finish(session, 'Cancelled')
    },
    goOn: pump,
    running: () => running,
  }
}

const newSession = (
  stream: SimStream,
  { activity, secret, startedAt }: { activity: Activity; secret: Uint8Array; startedAt: Timestamp },
): Session => ({
  activity: activity.id,
  keeping: activity.hasCommits ? newKeeping() : undefined,
  stream,
  secret,
  isDeployed: false,
  queue: [],
  running: new Set(),
  ready: [],
  signing: [],
  unacknowledged: new Map(),
  usage: noUsage,
  startedAt,
  isSigning: false,
  isGathering: false,
  sentAt: 0,
  isEnding: false,
  isOver: false,
})

const terminated = (code: string, message: string): ProviderFrame => ({
  type: 'state',
  state: 'Terminated',
  progressPermille: 0,
  code,
  message,
})

const held = ({ running, signing, ready, keeping }: Session): readonly number[] => [
  ...running,
  ...(keeping?.waiting.keys() ?? []),
  ...[...signing, ...ready].map(({ result }) => result.index),
]
