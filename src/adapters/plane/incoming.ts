import { encodeFrame, type FrameOf, verdictOf } from '../../activity/frames.ts'
import type { WireResult } from '../../activity/messages.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import { verifyLogs } from '../../receipts/logs.ts'
import { inputHash, type Leaf, type MerkleTree } from '../../receipts/merkle.ts'
import type { ReceiptBody } from '../../receipts/messages.ts'
import { verifyOutputs } from '../../receipts/outputs.ts'
import { verifyCommands } from '../../receipts/script-results.ts'
import { verifyCost, verifyFrame, verifyUsage } from '../../receipts/verify.ts'
import type { Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import { type Numbering, taskOf } from './numbering.ts'
import { otherTasks } from './other-tasks.ts'
import type { Outcomes } from './outcomes.ts'
import { leafOf } from './results.ts'
import type { Revealing } from './revealing.ts'
import { inputsOf, type RequestorPorts, type Runner, type Session } from './runner.ts'
import { usedIn } from './used-in.ts'

/** Frames whose results and receipts are on their way to the disk; beyond, the stream holds its sender back. Half of what a provider sends ahead. */
const mostUnsettled = 32

/** A frame of more results is taken in three tasks of the page: decoded, verified, made place for; each lasts some ms. */
const manyResults = 64

type ResultsFrame = FrameOf<'results'>
/** What is known of a frame once its receipt was found to be true. */
type Judged = { readonly leaves: readonly Leaf[]; readonly tree: MerkleTree; readonly logs: Uint8Array | undefined }

/** What comes back: proven by its receipt, brought to its outcome, acknowledged. */
export function createIncoming(
  ports: RequestorPorts,
  then: {
    fill(runner: Runner, session: Session): Promise<void>
    revealing: Revealing
    numbering: Numbering
    outcomes: Outcomes
  },
) {
  const { node, shell, store, now } = ports
  const { take, learn, blame } = then.outcomes

  async function results(runner: Runner, session: Session, frame: ResultsFrame): Promise<void> {
    const claim = shell.sealing.claim(frame.receipt)
    if (!claim.ok) return wrong(runner, session, claim.code)
    // Looked at while the signature is being checked; nothing is believed before that is done.
    const [opened, judged] = await Promise.all([
      claim.value.proven,
      judge(runner, session, { claimed: claim.value.event.body, frame }),
    ])
    if (!opened.ok) return wrong(runner, session, opened.code)
    if (!judged.ok) return judged.code === 'activity-unknown' ? lost(session) : wrong(runner, session, judged.code)
    const receipt = opened.value as Verified<ReceiptBody>
    // In one turn with what it spends: frames of several providers may be under way.
    if (runner.schedule.budget?.bears(session.activity, frame.results) === false)
      return wrong(runner, session, 'fuel-over-budget')
    const { leaves, tree, logs } = judged.value
    const isLarge = frame.results.length > manyResults
    // Stored side by side; what both have kept is acknowledged. Whoever sent it does not wait for that word.
    const isHeard = shell.input({ type: 'pulled', from: session.provider, events: [receipt] }, 'soon')
    const isKept = node.chains.get(session.activity)?.recent.some(({ id }) => id === receipt.id)
    if (!isKept) return wrong(runner, session, 'receipt-refused')
    if (logs) void ports.keep(logs).catch(() => {}) // the logs themselves are in the results
    const { refused, blamed } = then.revealing.refused(runner, session, leaves, frame.results)
    for (const { index } of frame.results) session.inputs.delete(index)
    const { results, known, positions } = then.numbering.sorted(session, frame.results)
    const sure = results.filter((result) => isSure(result) && !refused.has(result.index))
    const provenFrame = {
      receipt: receipt.id,
      sealed: frame.receipt,
      leafOf: (index: number) => leaves[positions.get(index) ?? -1],
      proofOf: (index: number) => tree.proof(positions.get(index) ?? -1),
      outputHashOf: (index: number) => leaves[positions.get(index) ?? -1]?.outputHash,
      numberOf: (index: number) => frame.results[positions.get(index) ?? -1]?.index ?? index,
    }
    runner.comparing?.took(receipt.body, [...positions.keys()])
    const indexes = sure.map(({ index }) => index)
    runner.comparing?.checking.sample(indexes, session.provider)
    const isTaken = take(runner, session, sure, provenFrame)
    if (blamed) await blame(runner, session, blamed)
    await learn(runner, then.numbering.known(runner, session, known))
    settle(
      session,
      isHeard.then(() => isTaken),
      receipt,
    )
    if (isLarge) await otherTasks()
    await then.fill(runner, session)
    if (sure.length < results.length) {
      // Until it has heard the acknowledgement, a provider takes a task that is handed to it again for the one it has done.
      await session.settled
      const doubtful = results.filter((result) => !isSure(result) && !refused.has(result.index))
      await take(runner, session, doubtful, provenFrame)
      then.revealing.dropped(
        runner,
        session,
        results.filter(({ index }) => refused.has(index)),
      )
      await then.fill(runner, session)
    }
    if (session.unsettled > mostUnsettled) await session.settled
  }

  /** Whether a receipt, were it signed by whom it names, tells the truth about its frame. */
  async function judge(
    runner: Runner,
    session: Session,
    { claimed, frame }: { claimed: AnyBody; frame: ResultsFrame },
  ): Promise<Result<Judged>> {
    if (claimed.type !== 'receipts/execution') return refuse('not-a-receipt')
    const body = claimed as ReceiptBody
    if (body.activity !== session.activity || body.author !== session.provider) return refuse('not-this-activity')
    // What an earlier life of this tab acknowledged, and its log has lost, cannot be proven any more; nobody is to blame.
    const next = (node.chains.get(body.activity)?.latest.body.sequence ?? -1) + 1
    if (session.isOlder && body.sequence > next) return refuse('activity-unknown')
    const unknown = frame.results.filter(({ index }) => !session.inputs.has(index)).map(({ index }) => index)
    const places = unknown.map((number) => taskOf(session, number).index)
    const isUnstored = places.some((index) => index >= runner.schedule.progress().total)
    // Before it is ready again, a provider brings what an earlier life of this tab asked for, stored or not.
    if (isUnstored && !session.isReady) return refuse('activity-unknown')
    // Of what that life asked for, only the provider knows: its results are checked like any other.
    if (isUnstored || (unknown.length > 0 && session.isReady && !session.isOlder)) return refuse('not-asked-for')
    const inputs = unknown.length > 0 ? await inputsOf(store, runner, places) : []
    for (const [i, input] of inputs.entries()) session.inputs.set(unknown[i]!, inputHash(input))
    const isOverread = runner.live === 'terminal' && (await overread(runner, session, frame.results))
    if (isOverread) return refuse('input-not-given')
    if (frame.results.length > manyResults) await otherTasks()
    const isSealed = node.activities.get(session.activity)?.isSealed === true
    const leaves = frame.results.map((result) => leafOf(session, result))
    const proven = verifyFrame(body, leaves)
    if (!proven.ok) return proven
    const named = verifyOutputs(body, isSealed ? [] : frame.results)
    if (!named.ok) return named
    const logs = verifyLogs(body, isSealed ? [] : frame.results)
    if (!logs.ok) return logs
    const commanded = await commandsOf(runner, session, frame.results)
    if (!commanded.ok) return commanded
    const used = verifyUsage(body, usedIn({ node, at: now() }, { runner, session, body, results: frame.results }))
    if (!used.ok) return used
    const terms = node.agreements.get(body.agreement)?.terms
    const priced = terms && verifyCost(body, terms)
    if (priced && !priced.ok) return priced
    return ok({ leaves, tree: proven.value, logs: logs.value })
  }

  /** A typed task's receipt is over what its program read. @returns whether one claims to have read what nobody gave */
  async function overread(runner: Runner, { inputs }: Session, results: readonly WireResult[]): Promise<boolean> {
    const tasks = await inputsOf(
      store,
      runner,
      results.map(({ index }) => index),
    )
    return results.some(({ index, readBytes = 0 }, i) => {
      const read = runner.terminals?.asRead(runner.job, index, tasks[i]!, readBytes)
      if (read) inputs.set(index, inputHash(read))
      return !read
    })
  }

  /** What came of commands fits the scripts that were sent. Of other tasks no input is read again. */
  async function commandsOf(runner: Runner, session: Session, results: readonly WireResult[]) {
    const scripted = results.filter(({ commands }) => commands)
    const tasks = await inputsOf(
      store,
      runner,
      scripted.map(({ index }) => taskOf(session, index).index),
    )
    const checked = scripted.map((result, i) => verifyCommands(result, tasks[i]?.script))
    return checked.find((one) => !one.ok) ?? ok(undefined)
  }

  /** Acknowledges what was stored, in order: an acknowledgement speaks for all before it, so behind what was lost there is none. */
  function settle(session: Session, isStored: Promise<boolean>, { body }: Verified<ReceiptBody>): void {
    session.unsettled += 1
    const inOrder = session.stored.then(async () => {
      if (!(await isStored)) session.mayAcknowledge = false
      session.unsettled -= 1
      // Whoever sent its last frame has closed its side: what it sent is read to the end all the same.
      if (!body.isFinal && session.mayAcknowledge) acknowledge(session, body.sequence)
    })
    session.stored = inOrder
    session.settled = inOrder.then(() => session.acknowledged)
  }

  /** In one word for all that were stored together. */
  function acknowledge(session: Session, sequence: number): void {
    const isBegun = session.lastStored !== undefined
    session.lastStored = sequence
    if (!isBegun) session.acknowledged = acknowledgeSoon(session)
  }

  async function acknowledgeSoon(session: Session): Promise<void> {
    await otherTasks()
    const sequence = session.lastStored ?? 0
    session.lastStored = undefined
    await session.stream.send(encodeFrame({ type: 'ack', sequence })).catch(() => {})
  }

  /** It brings what an earlier life of this tab handed out and did not come to store: its fault it is not. */
  async function lost(session: Session): Promise<void> {
    session.stream.abort('task-lost')
    const failure = { code: 'activity-unknown', message: 'The tab closed before it had stored these tasks.' }
    await shell.input({ type: 'activityStepped', activity: session.activity, step: 'terminate', failure })
  }

  async function wrong(runner: Runner, session: Session, code: string): Promise<void> {
    ports.report({
      code,
      phase: 'receipt',
      peer: session.provider,
      message: 'The receipt does not prove these results.',
    })
    runner.schedule.exclude(session.provider, 'wrong')
    session.stream.abort('wrong-receipt')
    const failure = { code: 'wrong-receipt', message: `The provider's receipt does not prove its results: ${code}.` }
    await shell.input({ type: 'activityStepped', activity: session.activity, step: 'terminate', failure })
  }

  return { results }
}

/** Ends its task whoever computed it. */
const isSure = (result: WireResult): boolean => ['ok', 'failed'].includes(verdictOf(result))
