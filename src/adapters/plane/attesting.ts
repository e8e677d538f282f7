import { encodeFrame, type FrameOf } from '../../activity/frames.ts'
import { equalBytes } from '../../kernel/bytes.ts'
import { secondMs } from '../../kernel/time.ts'
import { marksIn } from '../../node/ranges.ts'
import { resultHash } from '../../receipts/commit.ts'
import type { Digest } from '../../receipts/digest.ts'
import { isIndependentOf } from '../../receipts/independent.ts'
import { encodeTaskProof, taskProofOf } from '../../receipts/task-proof.ts'
import {
  type AttestationRefusal,
  type AttestedBody,
  attestationRefusal,
  mostAttested,
  type Shown,
  WitnessAsked,
} from '../../receipts/witness.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Verified } from '../../wire/event.ts'
import type { Did } from '../../wire/schema.ts'
import type { ProvenFrame } from './results.ts'
import type { RequestorPorts, Runner, Session } from './runner.ts'

/** A word of somebody who has computed the task already is there in no time: a job's end waits no longer for it. */
const answerMs = 5 * secondMs

/** The first answer to a task that others are to witness: what they are shown when they have given theirs. */
type First = {
  readonly provider: Did
  readonly receipt: Cid
  readonly activity: Cid
  readonly position: number
  readonly result: Digest
  readonly proof: Uint8Array
  /** Who has answered beside it. */
  readonly others: Did[]
}
type Asked = { readonly by: Cid; readonly shown: Shown; readonly question: Promise<Uint8Array>; done(): void }
/** Of one job. */
export type Witnesses = {
  readonly first: Map<number, First>
  /** What was shown, by the number of the question. */
  readonly asked: Map<number, Asked>
  next: number
}
export const newWitnesses = (): Witnesses => ({ first: new Map(), asked: new Map(), next: 0 })

export type Attesting = ReturnType<typeof createAttesting>

/** WN1–WN3: shows witnesses the receipt of whoever computed a task first, and keeps what they sign. */
export function createAttesting(
  { node, shell, now, report }: RequestorPorts,
  then: {
    blame(runner: Runner, session: Session, code: AttestationRefusal): Promise<void>
    report(runner: Runner): void
  },
) {
  function ask(runner: Runner, session: Session, first: readonly (First & { readonly isSame: boolean })[]): void {
    const [{ receipt, activity } = {}] = first
    const { witnesses } = runner
    if (!witnesses || !receipt || !activity) return
    const id = witnesses.next++
    const body = { author: session.provider, to: node.me, receipt, job: runner.job, activity }
    const tasks = new Map(first.map(({ position, isSame }) => [position, isSame]))
    // The job is not told to be over meanwhile.
    runner.keeping += 1
    const done = (): void => {
      if (!witnesses.asked.delete(id)) return
      clearTimeout(timer)
      runner.keeping -= 1
      then.report(runner)
    }
    const timer = setTimeout(done, answerMs)
    const proofs = first.map(({ proof }) => proof)
    const fields = { to: session.provider, receipt, job: runner.job, activity, positions: [...tasks.keys()] }
    const question = shell.sealing.sealOnce(WitnessAsked.author({ author: node.me, issuedAt: now() }, fields))
    witnesses.asked.set(id, { by: session.activity, shown: { body, tasks }, question, done })
    void question.then((asked) => session.stream.send(encodeFrame({ type: 'attest', id, asked, proofs }))).catch(done)
  }

  return {
    /** Notes whose answer was the first, and shows it to whoever gave another. @param indexes tasks of one frame, with what became of them */
    took(
      runner: Runner,
      { activity, provider }: Pick<Session, 'activity' | 'provider'>,
      indexes: readonly { readonly index: number; readonly isHeld: boolean }[],
      frame: ProvenFrame | undefined,
    ): void {
      const { witnesses } = runner
      if (!witnesses || !frame) return
      const shown = new Map<Cid, (First & { isSame: boolean })[]>()
      for (const { index, isHeld } of indexes) {
        const known = witnesses.first.get(index)
        const leaf = frame.leafOf(index)
        const path = frame.proofOf(index)
        if (leaf && path && known && isIndependentOf(marksIn(node), provider, [known.provider, ...known.others])) {
          known.others.push(provider)
          const some = shown.get(known.receipt) ?? []
          some.push({ ...known, isSame: equalBytes(known.result, resultHash(leaf)) })
          shown.set(known.receipt, some)
        }
        if (!known && isHeld && leaf && path) {
          const proof = encodeTaskProof(taskProofOf(frame.sealed, leaf, path))
          const { receipt } = frame
          const { position } = path
          witnesses.first.set(index, {
            provider,
            receipt,
            activity,
            position,
            result: resultHash(leaf),
            proof,
            others: [],
          })
        }
        if (!isHeld) witnesses.first.delete(index)
      }
      const session = runner.sessions.get(activity)
      if (!session) return
      for (const some of shown.values())
        for (let at = 0; at < some.length; at += mostAttested) ask(runner, session, some.slice(at, at + mostAttested))
    },

    /** Nobody else is asked of this task. */
    over: ({ witnesses }: Runner, index: number): void => void witnesses?.first.delete(index),

    async attested(runner: Runner, session: Session, frame: FrameOf<'attested'>): Promise<void> {
      const asked = runner.witnesses?.asked.get(frame.id)
      if (!asked || asked.by !== session.activity) return refuse(session, 'attestation-not-asked')
      try {
        if (!frame.attestation) return
        const opened = await shell.sealing.unseal(frame.attestation)
        if (!opened.ok || opened.value.body.type !== 'receipts/attested')
          return refuse(session, 'attestation-not-asked')
        const said = opened.value.body as AttestedBody
        // Others see by the question that it was asked.
        if (!equalBytes(said.asked, await asked.question)) return refuse(session, 'attestation-not-asked')
        const refusal = attestationRefusal(said, asked.shown)
        if (refusal === 'attested-blindly') return await then.blame(runner, session, refusal)
        if (refusal) return refuse(session, refusal)
        await shell.input({ type: 'attested', event: opened.value as Verified<AttestedBody> })
      } finally {
        asked.done()
      }
    },

    /** Whoever is gone is not waited for. */
    left({ witnesses }: Runner, activity: Cid): void {
      for (const { by, done } of [...(witnesses?.asked.values() ?? [])]) if (by === activity) done()
    },
  }

  function refuse({ provider }: Session, code: AttestationRefusal): void {
    report({ code, phase: 'check', peer: provider, message: 'It signs for what it was not asked.' })
  }
}
