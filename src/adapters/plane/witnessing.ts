import { encodeFrame, type FrameOf } from '../../activity/frames.ts'
import { setBounded } from '../../kernel/bound.ts'
import { equalBytes } from '../../kernel/bytes.ts'
import type { Timestamp } from '../../kernel/time.ts'
import type { NodeState } from '../../node/state.ts'
import type { ReceiptBody } from '../../receipts/messages.ts'
import { proveTask, readTaskProof } from '../../receipts/task-proof.ts'
import { type AskedBody, isWitnessed, ResultAttested, WitnessAsked, type Witnessed } from '../../receipts/witness.ts'
import { isAsked } from '../../receipts/words.ts'
import type { Verified } from '../../wire/event.ts'
import type { Shell } from '../shell/shell.ts'
import type { Session } from './session.ts'

/** Results that a provider can stand for later: as many as a requestor lets wait for others. */
const mostRemembered = 4_096

export function remember(session: Session, index: number, found: Witnessed): void {
  if (session.committing) setBounded(session.committing.found, index, found, mostRemembered)
}

/** WN2: signs for the tasks of another's receipt that came to the same here, and for no others. */
export function createWitnessing(ports: {
  readonly node: NodeState
  readonly shell: Shell
  now(): Timestamp
  send(session: Session, frame: Uint8Array): Promise<void>
}) {
  const { node, shell, now } = ports

  async function attest(session: Session, { asked, proofs }: FrameOf<'attest'>): Promise<Uint8Array | undefined> {
    const question = await shell.sealing.unseal(asked)
    if (!question.ok || question.value.body.type !== WitnessAsked.type) return undefined
    let about: Verified<ReceiptBody> | undefined
    let envelope: Uint8Array | undefined
    const positions: number[] = []
    for (const given of proofs) {
      const proof = readTaskProof(given)
      if (!proof.ok) return undefined
      const { receipt, leaf, path } = proof.value
      if (!about) {
        const opened = await shell.sealing.unseal(receipt)
        if (!opened.ok || opened.value.body.type !== 'receipts/execution') return undefined
        about = opened.value as Verified<ReceiptBody>
        envelope = receipt
      } else if (!envelope || !equalBytes(envelope, receipt)) return undefined
      const { body } = about
      if (body.job !== session.job || body.requestor !== session.requestor || body.author === node.me) return undefined
      const isSame = isWitnessed(leaf, session.committing?.found.get(leaf.index))
      if (isSame && proveTask(body, proof.value).ok) positions.push(path.position)
    }
    if (!about || positions.length === 0) return undefined
    const { job, activity } = about.body
    const fields = { to: session.requestor, receipt: about.id, job, activity, positions, asked }
    const event = ResultAttested.author({ author: node.me, issuedAt: now() }, fields)
    if (!isAsked(event.body, question.value.body as AskedBody)) return undefined
    // It is kept by whoever signs it too: a requestor's tab may close for good.
    await shell.input({ type: 'attested', event, receipt: about }, 'soon')
    return shell.sealing.sealOnce(event)
  }

  return async (session: Session, frame: FrameOf<'attest'>): Promise<void> => {
    const attestation = await attest(session, frame)
    const word = attestation ? { attestation } : { code: 'not-witnessed' }
    await ports.send(session, encodeFrame({ type: 'attested', id: frame.id, ...word }))
  }
}
