import { encodeFrame, type FrameOf, parts } from '../../activity/frames.ts'
import type { JobSpec, WireResult } from '../../activity/messages.ts'
import type { Schedule } from '../../activity/schedule.ts'
import { secondMs } from '../../kernel/time.ts'
import { CommitsClosed, type CommittedBody, mostCommits, resultHash } from '../../receipts/commit.ts'
import type { Digest } from '../../receipts/digest.ts'
import type { Leaf } from '../../receipts/merkle.ts'
import { isCommitted } from '../../receipts/redundancy.ts'
import { createRounds, type RoundRefusal, type Rounds } from '../../receipts/rounds.ts'
import type { Cid } from '../../wire/cid.ts'
import type { RequestorPorts, Runner, Session } from './runner.ts'

/** Words, bytes and a busy machine may take so long beside a task's own time. */
const slackMs = 4 * secondMs
/** As many as a provider keeps back. */
const mostRecalled = 1_024
/** Of a frame that says who committed to what. */
const setLimits = { mostBytes: 122_880, most: mostCommits }

type CommitSet = { readonly index: number; readonly commits: readonly Digest[] }
const sizeOfSet = ({ commits }: CommitSet): number => 40 + 34 * commits.length

/** CO1: the rounds of a job whose results are committed to before they are shown. */
export const roundsOf = (spec: JobSpec | undefined, schedule: Schedule): Rounds | undefined =>
  spec && isCommitted(spec.policy.redundancy)
    ? createRounds(spec.limits.timeoutMs + slackMs, schedule.awaitsCopy)
    : undefined

export type Revealing = ReturnType<typeof createRevealing>

/** CO2–CO5: takes commits, tells when all are in, and takes no result that is not what was committed to. */
export function createRevealing(
  { node, shell, now, report }: RequestorPorts,
  {
    blame,
    fill,
  }: {
    blame(runner: Runner, session: Session, code: RoundRefusal): Promise<void>
    fill(runner: Runner, session: Session): Promise<void>
  },
) {
  async function tell({ activity, provider, stream }: Session, sets: readonly CommitSet[]): Promise<void> {
    const agreement = node.activities.get(activity)?.agreement
    if (!agreement) return
    for (const part of parts(sets, sizeOfSet, setLimits)) {
      const told = {
        to: provider,
        agreement,
        activity,
        sets: part.map((set) => ({ ...set, commits: [...set.commits] })),
      }
      const event = CommitsClosed.author({ author: node.me, issuedAt: now() }, told)
      const commits = await shell.sealing.sealOnce(event)
      await stream.send(encodeFrame({ type: 'closed', commits })).catch(() => {}) // on its next stream it asks again
    }
  }

  /** Tells everybody whose commit is in it of each task that is closed now. */
  function close({ rounds, sessions }: Runner, among?: Iterable<number>): void {
    const told = new Map<Cid, CommitSet[]>()
    for (const { index, commits, to } of rounds?.close(now(), among) ?? [])
      for (const activity of to) {
        const sets = told.get(activity) ?? []
        sets.push({ index, commits })
        told.set(activity, sets)
      }
    for (const [activity, sets] of told) {
      const session = sessions.get(activity)
      if (session) void tell(session, sets)
    }
  }

  async function read({ activity, provider }: Session, sealed: Uint8Array): Promise<CommittedBody | undefined> {
    const opened = await shell.sealing.unseal(sealed)
    if (!opened.ok || opened.value.body.type !== 'receipts/results-committed') return undefined
    const body = opened.value.body as CommittedBody
    const agreement = node.activities.get(activity)?.agreement
    const isTheirs = body.author === provider && body.to === node.me
    return isTheirs && body.activity === activity && body.agreement === agreement ? body : undefined
  }

  /** Its answer to a task counts for nobody; the task goes to somebody once more. */
  function drop(runner: Runner, { activity, inputs, provider }: Session, index: number, ms = 0, fuel = 0n): void {
    inputs.delete(index)
    runner.rounds?.over(index, activity)
    runner.schedule.answer(activity, index, 'again', ms, now(), { fuel, provider })
    runner.comparing?.findings.ended(index)
  }

  function refuse({ provider }: Session, code: RoundRefusal): void {
    report({ code, phase: 'check', peer: provider, message: 'What it says of its results comes at the wrong time.' })
  }

  return {
    asked({ rounds }: Runner, { activity }: Session, tasks: readonly { readonly index: number }[]): void {
      for (const { index } of tasks) rounds?.asked(index, activity)
    },

    async committed(runner: Runner, session: Session, frame: FrameOf<'committed'>): Promise<void> {
      const { rounds, schedule } = runner
      const { activity, provider, inputs, isOlder } = session
      const body = await read(session, frame.commits)
      if (!rounds || !body) return session.stream.abort('malformed')
      if (schedule.excluded.has(provider)) return
      const { total } = schedule.progress()
      const refused = new Set<RoundRefusal>()
      const again: CommitSet[] = []
      for (const { index, commit } of body.commits) {
        // Of what an earlier life of this tab asked for, only the provider knows.
        if (isOlder && index < total && !inputs.has(index) && session.recalled++ < mostRecalled)
          rounds.asked(index, activity)
        const refusal = rounds.committed(index, activity, commit, now())
        const closed = rounds.closedTo(index, activity)
        if (refusal === 'commit-contradicted') return blame(runner, session, refusal)
        if (refusal) {
          refused.add(refusal)
          again.push({ index, commits: [] })
          if (refusal === 'commit-late') drop(runner, session, index)
        } else {
          schedule.committed(activity, index)
          if (closed) again.push({ index, commits: closed })
        }
      }
      for (const code of refused) refuse(session, code)
      if (again.length > 0) void tell(session, again)
      close(
        runner,
        body.commits.map(({ index }) => index),
      )
      await fill(runner, session)
    },

    /** Closes what was waited for long enough. Whoever waits for that word is not late itself. */
    tick(runner: Runner): void {
      if (!runner.rounds) return
      close(runner)
      for (const activity of runner.rounds.waiting()) runner.schedule.returns(activity, now())
    },

    /** CO4: which of these results are none, for what is shown is not what was committed to, or not when it was to be. */
    refused(
      runner: Runner,
      session: Session,
      leaves: readonly Leaf[],
      results: readonly WireResult[],
    ): { readonly refused: ReadonlySet<number>; readonly blamed?: RoundRefusal | undefined } {
      const { rounds } = runner
      const { activity, provider, isOlder, isReady } = session
      const made = node.activities.get(activity)
      const none = new Map<number, RoundRefusal>()
      if (!rounds || !made?.hasCommits) return { refused: new Set() }
      for (const [at, { index, reveal }] of results.entries()) {
        const shown = { agreement: made.agreement, activity, provider, index, salt: reveal ?? noSalt }
        const refusal = rounds.revealed({ ...shown, result: resultHash(leaves[at]!) })
        if (refusal) none.set(index, refusal)
        else rounds.over(index, activity)
      }
      const codes = new Set(none.values())
      const blamed = codes.has('reveal-differs') ? 'reveal-differs' : undefined
      // What was on its way when we let it go is nobody's fault, nor what an earlier life of this tab was promised, of which nobody knows.
      const isItsFault = codes.size > 0 && isReady
      if (isItsFault && !blamed) for (const code of codes) refuse(session, code)
      // Who is blamed is excluded with that, and what rests on its word is done again.
      if (isItsFault && !isOlder && !blamed) runner.schedule.exclude(provider, 'wrong')
      return { refused: new Set(none.keys()), blamed }
    },

    dropped(runner: Runner, session: Session, results: readonly WireResult[]): void {
      for (const { index, durationUs, fuel } of results) drop(runner, session, index, durationUs / 1_000, fuel)
    },
  }
}

const noSalt = new Uint8Array(32)
