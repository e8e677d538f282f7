import type { Checked } from '../../activity/checking.ts'
import { encodeFrame, type FrameOf, verdictOf } from '../../activity/frames.ts'
import type { WireResult } from '../../activity/messages.ts'
import type { Found, Settled } from '../../activity/rulings.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import { verifyLogs } from '../../receipts/logs.ts'
import { inputHash, type Leaf, type MerkleTree } from '../../receipts/merkle.ts'
import type { ReceiptBody } from '../../receipts/messages.ts'
import { verifyOutputs } from '../../receipts/outputs.ts'
import type { RoundRefusal } from '../../receipts/rounds.ts'
import { verifyCommands } from '../../receipts/script-results.ts'
import { verifyCost, verifyFrame, verifyUsage } from '../../receipts/verify.ts'
import type { AttestationRefusal } from '../../receipts/witness.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import type { StoredResult } from '../storage.port.ts'
import type { Attesting } from './attesting.ts'
import { checkOf, digestOf } from './comparing.ts'
import { type Numbering, taskOf } from './numbering.ts'
import { otherTasks } from './other-tasks.ts'
import { leafOf, type ProvenFrame, storedResult } from './results.ts'
import type { Revealing } from './revealing.ts'
import { inputsOf, type RequestorPorts, type Runner, type Session } from './runner.ts'
import { usedIn } from './used-in.ts'

/** Frames whose results and receipts are on their way to the disk; beyond, the stream holds its sender back. Half of what a provider sends ahead. */
const mostUnsettled = 16

/** A frame of more results is taken in three tasks of the page: decoded, verified, made place for; each lasts some ms. */
const manyResults = 64

type ResultsFrame = FrameOf<'results'>
/** What is known of a frame once its receipt was found to be true. */
type Judged = { readonly leaves: readonly Leaf[]; readonly tree: MerkleTree; readonly logs: Uint8Array | undefined }

/** What comes back: proven by its receipt, shown to readers, stored, acknowledged. */
export function createIncoming(
  ports: RequestorPorts,
  then: {
    fill(runner: Runner, session: Session): Promise<void>
    fillAll(runner: Runner): void
    report(runner: Runner): void
    revealing: Revealing
    numbering: Numbering
    attesting: Attesting
  },
) {
  const { node, shell, store, now } = ports
  const listeners = new Set<(job: Cid) => void>()

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
    for (const found of then.numbering.known(runner, session, known)) await learn(runner, found)
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

  /** Stores what ended, and shows it meanwhile; whatever did not end is handed out again. @returns whether the disk has what ended */
  async function take(
    runner: Runner,
    { activity, provider }: Pick<Session, 'activity' | 'provider'>,
    found: readonly WireResult[],
    frame: ProvenFrame | undefined,
  ): Promise<boolean> {
    const { comparing } = runner
    const ended: StoredResult[] = []
    const held: StoredResult[] = []
    const elsewhere: Settled[] = []
    const heard: { readonly index: number; readonly isHeld: boolean }[] = []
    for (const result of found) {
      const { index } = result
      const digest = comparing && digestOf(result, frame?.outputHashOf(index))
      const told = { fuel: result.fuel, digest, provider }
      const answered = runner.schedule.answer(
        activity,
        index,
        verdictOf(result),
        result.durationUs / 1_000,
        now(),
        told,
      )
      const { type, checked } = answered
      if (digest !== undefined && type !== 'repeat') heard.push({ index, isHeld: type === 'held' })
      if (type === 'held') held.push(storedResult(result, provider, frame))
      else comparing?.findings.ended(index)
      if (checked) comparing?.known?.ended(index, checked)
      if (type === 'ended' && checked && checked.digest !== digest) elsewhere.push({ index, answered })
      else if (type === 'ended')
        ended.push({
          ...storedResult(result, provider, frame),
          ...(checked && { check: checkOf(checked, provider) }),
        })
      if (answered.found) await learn(runner, answered.found)
      if (answered.revised) await revise(runner, index, answered.revised)
    }
    then.attesting.took(runner, { activity, provider }, heard, frame)
    for (const result of ended) runner.terminals?.over(runner.job, result)
    const isHeld = held.length === 0 || hold(runner, held)
    const isKept = await keepEnded(runner, ended)
    await settled(runner, elsewhere)
    if (held.length > 0) then.fillAll(runner)
    if (isKept) then.report(runner)
    return (await isHeld) && isKept
  }

  async function keepEnded(runner: Runner, ended: readonly StoredResult[]): Promise<boolean> {
    if (ended.length === 0) return true
    const isKept = await keep(runner, ended)
    if (isKept) runner.comparing?.drop(ended.map(({ index }) => index))
    return isKept
  }

  /** Tasks that ended with an answer that waited here. */
  async function settled(runner: Runner, tasks: readonly Settled[]): Promise<void> {
    const { comparing } = runner
    if (!comparing || tasks.length === 0) return
    runner.keeping += 1
    try {
      for (const { index, answered } of tasks) {
        const { checked } = answered
        comparing.findings.ended(index)
        then.attesting.over(runner, index)
        if (checked) comparing.known?.ended(index, checked)
        if (answered.found) await learn(runner, answered.found)
        const result = checked && (await comparing.chosen(index, checked))
        if (result) await keepEnded(runner, [{ ...result, check: checkOf(checked, result.provider) }])
      }
    } finally {
      runner.keeping -= 1
    }
    then.report(runner)
  }

  /** What was found of providers is told, and what rested on the word of one that was wrong is taken back. */
  async function learn(runner: Runner, found: Found): Promise<void> {
    runner.comparing?.found(found)
    const { reopened, wrong } = found
    if (reopened.length === 0) return
    runner.comparing?.known?.lost(reopened)
    const taken = await takenBack(runner, reopened)
    // What was only doubted may come out right.
    const doubted = taken.filter(({ provider }) => !wrong.some((one) => one === provider))
    if (doubted.length > 0) await hold(runner, doubted)
    then.fillAll(runner)
  }

  /** Of a task whose result stays who was wrong about it is told with it: whoever reads on is given it once more. */
  async function revise(runner: Runner, index: number, checked: Checked): Promise<void> {
    runner.keeping += 1
    const [told] = await takenBack(runner, [index])
    if (told) await keepEnded(runner, [{ ...told, check: checkOf(checked, told.provider) }])
    runner.keeping -= 1
  }

  async function takenBack(runner: Runner, indexes: readonly number[]): Promise<readonly StoredResult[]> {
    runner.results.takeBack(indexes)
    runner.newResults.hurry()
    await runner.kept
    return store.takeBack(runner.job, indexes)
  }

  /** CO4, CO5: it contradicted itself. */
  async function blame(runner: Runner, { provider }: Session, code: RoundRefusal | AttestationRefusal): Promise<void> {
    ports.report({ code, phase: 'check', peer: provider, message: 'It does not stand by what it committed to.' })
    const found = runner.schedule.judge(provider, false)
    if (found) await learn(runner, found)
  }

  async function hold(runner: Runner, results: readonly StoredResult[]): Promise<boolean> {
    try {
      await runner.comparing?.hold(results)
      return !runner.hasFailed
    } catch (error) {
      await failed(runner, error)
      return false
    }
  }

  /** @returns whether the disk has them */
  async function keep(runner: Runner, results: readonly StoredResult[]): Promise<boolean> {
    if (runner.hasFailed) return false
    runner.keeping += 1
    runner.results.add(results)
    tellReaders(runner.job)
    try {
      const stored = runner.newResults.add(results)
      runner.kept = stored.catch(() => {})
      if (runner.schedule.isOver()) runner.newResults.hurry()
      await stored
    } catch (error) {
      await failed(runner, error)
      return false
    } finally {
      runner.keeping -= 1
    }
    tellReaders(runner.job)
    return true
  }

  /** Results that were stored together fail together, and are told once. */
  async function failed(runner: Runner, error: unknown): Promise<void> {
    if (runner.hasFailed) return
    runner.hasFailed = true
    ports.report({ code: 'disk-full', phase: 'results', message: error instanceof Error ? error.message : '' })
    await shell.command({ type: 'cancelJob', job: runner.job, reason: 'disk-full' })
  }

  function tellReaders(job: Cid): void {
    for (const listener of listeners) listener(job)
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

  return {
    results,
    blame,
    take,
    settled,
    onResults(listener: (job: Cid) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Ends its task whoever computed it. */
const isSure = (result: WireResult): boolean => ['ok', 'failed'].includes(verdictOf(result))
