import { encodeFrame, parts, sizeOfBytes, toWire } from '../../activity/frames.ts'
import type { Timestamp } from '../../kernel/time.ts'
import type { FrameSummary } from '../../node/input.ts'
import type { NodeState } from '../../node/state.ts'
import { logsBlock, logsCidOf, mostLogBytes } from '../../receipts/logs.ts'
import { leafHash, merkleRoot, outputHash, salt } from '../../receipts/merkle.ts'
import { mostOutputCids, type ReceiptBody } from '../../receipts/messages.ts'
import { outputCidsOf } from '../../receipts/outputs.ts'
import { withTaskTime } from '../../receipts/usage.ts'
import type { Verified } from '../../wire/event.ts'
import type { Shell } from '../shell/shell.ts'
import { chargeRunning, timeOf } from './interim.ts'
import type { Computed, Session } from './session.ts'

/** A frame of results carries at most so much: one frame is one receipt, and a receipt costs a signature and a write. */
const frameLimits = { mostBytes: 1_048_576, most: 256 }
/** While more work is queued, results wait this long for company: a frame costs both tabs as much as 10 ms of work. */
const gatherMs = 200
/** As many go at once, however soon: enough that the cost of a frame is small beside theirs. */
const gatherMost = 64

export type ResultFrames = {
  /** Signs and sends what is ready, or lets it wait for company. */
  flush(session: Session): void
  /** A receipt over no result, for a long conversation: whoever pays hears of it before its end. */
  interim(session: Session): void
  /** The last receipt, with no result in it: whatever the outcome, an activity ends with one. */
  finish(session: Session, outcome: FrameSummary['outcome']): Promise<void>
}

/** Turns outcomes into frames, each with a receipt over exactly what is in it. */
export function createResultFrames(ports: {
  readonly node: NodeState
  readonly shell: Shell
  now(): Timestamp
  send(session: Session, frame: Uint8Array): Promise<void>
  keep(bytes: Uint8Array): Promise<unknown>
}): ResultFrames {
  const { node, shell, now } = ports

  function flush(session: Session): void {
    if (session.isSigning || session.isEnding || session.ready.length === 0) return
    if (!isDue(session)) {
      session.gathering ??= setTimeout(() => {
        session.gathering = undefined
        flush(session)
      }, gatherMs)
      return
    }
    session.isSigning = true
    session.flushed = sendReady(session)
  }

  /** Where nothing is queued any more, somebody waits: for these results or for more work. */
  const isDue = ({ ready, queue, sentAt }: Session): boolean =>
    ready.length >= gatherMost || queue.length === 0 || now() - sentAt >= gatherMs

  async function sendReady(session: Session): Promise<void> {
    while (session.ready.length > 0 && !session.isEnding && isDue(session)) {
      session.sentAt = now()
      const [some = []] = parts(session.ready, weightOf, frameLimits)
      session.ready = session.ready.slice(some.length)
      session.signing = some
      await sendResults(session, some, { isFinal: false, outcome: 'Running' })
    }
    session.isSigning = false
    flush(session)
  }

  async function sendResults(
    session: Session,
    some: readonly Computed[],
    end: Pick<FrameSummary, 'isFinal' | 'outcome'>,
  ): Promise<void> {
    const results = some.map(({ index, outcome, opening }) => ({
      ...toWire(index, outcome),
      ...(opening && { reveal: opening.salt }),
    }))
    session.usage = results.reduce(
      (usage, result) => withTaskTime(usage, result, timeOf(session, result)),
      session.usage,
    )
    const okCount = results.filter(({ status }) => status === 'ok').length
    const isSealed = node.activities.get(session.activity)?.isSealed === true
    const logs = logsBlock(results)
    for (const bytes of [...results.flatMap(({ anchors = [] }) => anchors), ...(logs ? [logs] : [])])
      void ports.keep(bytes).catch(() => {}) // the requestor has it from the frame as well
    const attested = shell.attest(session.activity, {
      ...end,
      taskCount: results.length,
      okCount,
      failedCount: results.length - okCount,
      root: merkleRoot(some.map((one) => leafOf(session, one))),
      usage: session.usage,
      // SE4: a name is a hash, by which likely bytes can be tried out.
      ...(!isSealed && { outputCids: outputCidsOf(results), logsCid: logsCidOf(logs) }),
      startedAt: session.startedAt,
      endedAt: now(),
    })
    const framed = async (one: Verified<ReceiptBody>): Promise<Uint8Array> =>
      encodeFrame({ type: 'results', results, receipt: await shell.sealing.seal(one) })
    // Signed and framed while it is being stored; it leaves when it is.
    const stated = node.chains.get(session.activity)?.latest
    const [receipt, ready] = await Promise.all([attested, stated && framed(stated)])
    const bytes = receipt && (ready && stated?.id === receipt.id ? ready : await framed(receipt))
    session.signing = []
    if (!receipt || !bytes) return
    session.unacknowledged.set(receipt.body.sequence, { bytes, indexes: some.map(({ index }) => index) })
    await ports.send(session, bytes)
  }

  return {
    flush,
    interim(session) {
      if (session.isSigning || session.isEnding) return
      session.isSigning = true
      session.sentAt = now()
      chargeRunning(session, now())
      session.flushed = sendResults(session, [], { isFinal: false, outcome: 'Running' }).then(() => {
        session.isSigning = false
        flush(session)
      })
    },
    async finish(session, outcome) {
      clearTimeout(session.gathering)
      await session.flushed // a receipt never overtakes the one before it
      await sendResults(session, [], { isFinal: true, outcome })
    },
  }
}

/** Bytes, or as much of a frame as the anchored data is of what its receipt can name, or the log of what one block of logs holds. */
const weightOf = ({ outcome }: Computed): number =>
  Math.max(
    sizeOfBytes(outcome),
    ((outcome.anchors?.length ?? 0) * frameLimits.mostBytes) / mostOutputCids,
    ((outcome.log?.length ?? 0) * frameLimits.mostBytes) / mostLogBytes,
  )

function leafOf({ activity, secret }: Session, { index, inputHash, outcome, opening }: Computed) {
  const { status, exitCode, usage } = outcome
  const output = opening?.outputHash ?? outputHash({ ...outcome, custom: usage.custom })
  return leafHash({
    index,
    salt: salt(activity, index, secret),
    inputHash,
    outputHash: output,
    status,
    exitCode,
    fuel: usage.fuel,
    hostUnits: usage.hostUnits,
  })
}
