import { encodeFrame, type FrameOf, parts, sizeOfBytes } from '../../activity/frames.ts'
import { equalBytes } from '../../kernel/bytes.ts'
import { secondMs, type Timestamp } from '../../kernel/time.ts'
import type { NodeState } from '../../node/state.ts'
import { type ClosedBody, commitOf, mostCommits, ResultsCommitted, resultHash } from '../../receipts/commit.ts'
import type { Digest } from '../../receipts/digest.ts'
import { outputHash } from '../../receipts/merkle.ts'
import type { Witnessed } from '../../receipts/witness.ts'
import type { Shell } from '../shell/shell.ts'
import type { Computed, Session } from './session.ts'
import { remember } from './witnessing.ts'

/** What opens a commit, beside the result itself. */
export type Opening = { readonly salt: Uint8Array; readonly outputHash: Digest }
type Waiting = {
  readonly computed: Computed
  readonly commit: Digest
  readonly sizeBytes: number
  /** When the requestor was told of it last. */
  toldAt: number
}

/** Results of an activity that wait for the word that others have committed too. */
export type Committing = {
  readonly waiting: Map<number, Waiting>
  /** What tasks came to, also those that were shown. */
  readonly found: Map<number, Witnessed>
  sizeBytes: number
  /** Committed to here, and not told yet. */
  untold: number[]
  isTelling: boolean
  timer: ReturnType<typeof setTimeout> | undefined
}
export const newCommitting = (): Committing => ({
  waiting: new Map(),
  found: new Map(),
  sizeBytes: 0,
  untold: [],
  isTelling: false,
  timer: undefined,
})

/** As many as an honest requestor lets wait, and as many bytes as wait for its acknowledgement; beyond, computing pauses. */
const mostWaiting = 1_024
const mostWaitingBytes = 32 * 1_048_576
/** While more is computed, commits wait this long for company: a signature costs 0.1 ms, a frame more. */
const gatherMs = 50
/** Beside the time of a task: a requestor closes a round within that and four seconds. */
const patienceMs = 30 * secondMs
const saltBytes = 32

/** Whether one more result may be kept back. */
export const mayKeepBack = ({ committing }: Session): boolean =>
  !committing || (committing.waiting.size < mostWaiting && committing.sizeBytes < mostWaitingBytes)

/** CO1, CO2: keeps results back, says what they are bound to, and lets them go when the requestor has bound everybody. */
export function createCommitting(ports: {
  readonly node: NodeState
  readonly shell: Shell
  now(): Timestamp
  send(session: Session, frame: Uint8Array): Promise<void>
  /** Results were put among those that are ready, or there is room for more. */
  released(session: Session): void
}) {
  const { node, shell, now } = ports

  function tellSoon(session: Session, committing: Committing): void {
    if (committing.isTelling || session.isEnding || committing.untold.length === 0) return
    committing.isTelling = true
    const waitMs = session.queue.length > 0 && committing.untold.length < mostCommits ? gatherMs : 0
    setTimeout(() => {
      void tell(session, committing).finally(() => {
        committing.isTelling = false
        tellSoon(session, committing)
      })
    }, waitMs)
  }

  async function tell(session: Session, committing: Committing): Promise<void> {
    const agreement = node.activities.get(session.activity)?.agreement
    const indexes = committing.untold.splice(0, mostCommits)
    const commits = indexes.flatMap((index) => {
      const one = committing.waiting.get(index)
      if (!one) return []
      one.toldAt = now()
      return [{ index, commit: one.commit }]
    })
    if (!agreement || commits.length === 0 || session.isEnding) return
    const event = ResultsCommitted.author(
      { author: node.me, issuedAt: now() },
      { to: session.requestor, agreement, activity: session.activity, commits },
    )
    const sealed = await shell.sealing.sealOnce(event)
    awaitWord(session, committing)
    await ports.send(session, encodeFrame({ type: 'committed', commits: sealed }))
  }

  /** Nobody waits for ever: what the requestor never closes is given back. */
  function awaitWord(session: Session, committing: Committing): void {
    committing.timer ??= setTimeout(() => {
      committing.timer = undefined
      if (session.isEnding) return
      giveBack(session, committing)
      if (committing.waiting.size > 0) awaitWord(session, committing)
    }, patienceOf(session) / 2)
  }

  const patienceOf = ({ activity }: Session): number =>
    (node.activities.get(activity)?.limits.timeoutMs ?? 0) + patienceMs

  function giveBack(session: Session, committing: Committing): void {
    const before = now() - patienceOf(session)
    const old = [...committing.waiting].filter(([, { toldAt }]) => toldAt <= before).map(([index]) => index)
    for (const index of old) take(committing, index)
    for (const indexes of parts(old, () => 1, { mostBytes: mostWaiting, most: mostWaiting }))
      void ports.send(session, encodeFrame({ type: 'returned', indexes, code: 'not-closed' }))
    if (old.length > 0) ports.released(session)
  }

  function take(committing: Committing, index: number): Waiting | undefined {
    const one = committing.waiting.get(index)
    if (one) committing.sizeBytes -= one.sizeBytes
    committing.waiting.delete(index)
    return one
  }

  return {
    /** It is over: nothing that waits is told any more. */
    end: ({ committing }: Session): void => clearTimeout(committing?.timer),
    /** @returns whether it is kept back; else it may be shown at once */
    keepsBack(session: Session, computed: Computed): boolean {
      const { committing, activity } = session
      const agreement = node.activities.get(activity)?.agreement
      if (!committing || !agreement) return false
      const { index, outcome } = computed
      const { status, exitCode, usage } = outcome
      const output = outputHash({ ...outcome, custom: usage.custom })
      const salt = crypto.getRandomValues(new Uint8Array(saltBytes))
      const result = resultHash({
        status,
        exitCode,
        outputHash: output,
        fuel: usage.fuel,
        hostUnits: usage.hostUnits,
      })
      remember(session, index, { inputHash: computed.inputHash, result })
      const commit = commitOf({ agreement, activity, provider: node.me, index, salt, result })
      const sizeBytes = sizeOfBytes(outcome)
      committing.sizeBytes += sizeBytes
      const opening = { salt, outputHash: output }
      committing.waiting.set(index, { computed: { ...computed, opening }, commit, sizeBytes, toldAt: now() })
      committing.untold.push(index)
      tellSoon(session, committing)
      return true
    },
    /** On a new stream: what waits is told again, as it was. */
    again(session: Session): void {
      const { committing } = session
      if (!committing) return
      committing.untold = [...committing.waiting.keys()]
      tellSoon(session, committing)
    },
    /** @returns false where it is not what the requestor of this activity may say */
    async closed(session: Session, { commits }: FrameOf<'closed'>): Promise<boolean> {
      const { committing, activity } = session
      const opened = await shell.sealing.unseal(commits)
      if (!committing || !opened.ok || opened.value.body.type !== 'receipts/commits-closed') return false
      const { author, to, activity: of, sets } = opened.value.body as ClosedBody
      if (author !== session.requestor || to !== node.me || of !== activity) return false
      for (const { index, commits: all } of sets) {
        const one = take(committing, index)
        // CO3: who is late shows nothing: its answer would be nobody's.
        if (one && all.some((commit) => equalBytes(commit, one.commit))) session.ready.push(one.computed)
      }
      ports.released(session)
      return true
    },
  }
}
