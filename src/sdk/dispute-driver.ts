import { taskToWire } from '../activity/frames.ts'
import { ActivityCreated } from '../activity/messages.ts'
import type { TaskInput } from '../activity/task.ts'
import type { Amount } from '../kernel/amount.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { marksIn } from '../node/ranges.ts'
import { events } from '../node/registry.ts'
import { compareRuns } from '../receipts/again.ts'
import { equivocationOf } from '../receipts/chain.ts'
import { type Dispute, disputeMachine, isContested } from '../receipts/dispute.ts'
import type { JudgedBody, Ruling } from '../receipts/dispute-messages.ts'
import { type Finding, mayJudge, type Parties, rulingOf } from '../receipts/verdict.ts'
import type { Cid } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import { reopen } from '../wire/gate.ts'
import { findings, mostFindingBytes } from './dispute-finding.ts'
import { createJury } from './dispute-jury.ts'
import { filesFrom, runDisputed } from './dispute-run.ts'
import type { DisputeOptions } from './disputes-api.ts'
import type { createJobs } from './jobs.ts'
import type { Parts } from './mesh.ts'
import { receiptSources } from './receipt-sources.ts'
import type { ReceiptsApi } from './receipts-api.ts'
import { storedFrames } from './stored-frames.ts'

type Created = Verified<BodyOf<typeof ActivityCreated>>
export type DisputePorts = {
  readonly jobs: ReturnType<typeof createJobs>
  readonly receipts: Pick<ReceiptsApi, 'proof' | 'verify'>
  /** Makes a block readable for whoever asks. */
  share(file: Cid): Promise<void>
}

/** With the task's place in its job, which the receipt need not tell. */
export type OpenedDispute = { readonly dispute: Cid; readonly task?: number }

const budgetKey = (dispute: Cid): string => `jury-budget:${dispute}`

/** Opens disputes, answers those against us, asks jurors, and checks verdicts: what of it is owed follows from the node's state alone. */
export function createDisputeDriver(parts: Parts, { jobs, receipts, share }: DisputePorts) {
  const { node, shell, log, content, jobs: disk } = parts
  const sources = receiptSources(parts)
  const read = findings(parts, sources)
  const frames = storedFrames(disk)
  const jury = createJury(parts, { jobs, proof: receipts.proof })
  const busy = new Set<Cid>()
  let answering: AbortController | undefined

  /** DS1: a task that comes to something else here, or two receipts for one place. */
  async function open(receipt: Cid, { task, maxPrice = 0n }: DisputeOptions): Promise<Result<OpenedDispute>> {
    const found = await sources.ownLog(receipt)
    if (!found || found.body.requestor !== node.me) return refuse('receipt-not-found', { receipt })
    const { author: to, activity, job } = found.body
    const lie = node.chains.get(activity)?.equivocation
    const about = { to, receipt, activity }
    if (lie) {
      const both = await Promise.all([lie.first, lie.second].map((one) => sources.seal(one)))
      const stated = await opened({ ...about, ground: 'equivocation', receipts: both })
      return stated.ok ? ok({ dispute: stated.value }) : stated
    }
    const spec = node.jobs.get(job)?.spec
    if (!spec?.limits.seed || spec.isSealed) return refuse('dispute-not-comparable', { job })
    const verified = await receipts.verify(receipt, { execute: true })
    if (!verified.ok) return verified
    const wrong = verified.value.tasks.find(
      ({ index, isSame }) => isSame === false && (task === undefined || task === index),
    )
    if (!wrong) return refuse('nothing-to-dispute', { receipt })
    const proof = await receipts.proof(job, wrong.index)
    if (!proof.ok) return proof
    const [input] = await disk.tasks(job, [wrong.index])
    const number = proof.value.proof.leaf.index
    const stored = await content.addFile(encode(taskToWire(number, input!)))
    if (!stored.ok) return stored
    const fields = { index: number, proof: new Uint8Array(proof.value.bytes), input: stored.value }
    const dispute = await opened({ ...about, ground: 'wrong-result', ...fields })
    if (!dispute.ok) return dispute
    await log.writeSetting(budgetKey(dispute.value), maxPrice)
    return ok({ dispute: dispute.value, task: wrong.index })
  }

  async function opened(fields: Extract<Parameters<typeof shell.command>[0], { type: 'openDispute' }>['fields']) {
    const stated = await shell.command({ type: 'openDispute', fields })
    return stated.ok ? ok(stated.value as Cid) : stated
  }

  /** Looks at every dispute that is not over; each is driven by one at a time. */
  function look(): void {
    // Who lends no more runs nothing of others: whoever lends again in time answers then.
    if (!node.plan) answering?.abort()
    for (const dispute of node.disputes.values()) {
      if (disputeMachine.isFinal(dispute.state) || busy.has(dispute.id)) continue
      const next = nextOf(dispute)
      if (!next) continue
      busy.add(dispute.id)
      void next(dispute)
        .catch((error: unknown) =>
          parts.report({ code: 'unexpected', phase: 'dispute', message: error instanceof Error ? error.message : '' }),
        )
        .finally(() => busy.delete(dispute.id))
    }
  }

  function nextOf(dispute: Dispute): ((one: Dispute) => Promise<unknown>) | undefined {
    const {
      respondent,
      opener,
      answered,
      judged,
      opened: { body },
    } = dispute
    if (judged) return check
    if (respondent === node.me) return answered || body.ground === 'equivocation' || !mayRun() ? undefined : answer
    if (opener !== node.me) return undefined
    return body.ground === 'equivocation' || isContested(dispute, parts.at()) ? judge : undefined
  }

  /** DS4: one at a time, however many dispute, and only while this machine is lent. */
  const mayRun = (): boolean => node.plan !== undefined && answering === undefined

  async function answer(dispute: Dispute): Promise<void> {
    if (!mayRun()) return
    const stopping = new AbortController()
    answering = stopping
    try {
      await answerUntil(stopping.signal, dispute)
    } finally {
      answering = undefined
    }
  }

  /** DS4: runs the task again, and says honestly what it came to. */
  async function answerUntil(signal: AbortSignal, dispute: Dispute): Promise<void> {
    const {
      id,
      opener,
      opened: { body },
    } = dispute
    const told = await disputed(dispute)
    const found =
      told.ok && body.input
        ? await runDisputed(parts, { opener, input: body.input as Cid, signal, ...told.value })
        : told.ok
          ? refuse('input-differs')
          : told
    if (signal.aborted) return
    if (!told.ok || !found.ok) {
      const reason = found.ok ? '' : found.code
      await shell.command({ type: 'answerDispute', dispute: id, stance: 'contests', reason })
      return
    }
    const { isSame } = compareRuns(told.value.told.run, found.value)
    const { status, exitCode, outputHash, fuel, hostUnits } = found.value
    const run = { status, exitCode: exitCode < 0 ? 2 ** 32 : exitCode, outputHash: new Uint8Array(outputHash), fuel }
    await shell.command({
      type: 'answerDispute',
      dispute: id,
      stance: isSame === false ? 'concedes' : 'contests',
      found: { ...run, ...(hostUnits !== undefined && { hostUnits }) },
      reason: isSame ? 'It came to the same here.' : '',
    })
  }

  /** DS1: what is disputed, as its author signed it: its proof, and the limits of its activity. */
  async function disputed({ opened: { body } }: Dispute): Promise<Result<{ told: Finding; created: Created }>> {
    const created = await createdOf(body.activity as Cid)
    if (!created || created.body.author !== body.author) return refuse('activity-unknown', { activity: body.activity })
    const told = await read.ofProof(body.proof ?? new Uint8Array(0), created)
    if (!told.ok) return told
    return told.value.receipt.id === body.receipt ? ok({ told: told.value, created }) : refuse('proof-not-signed')
  }

  async function createdOf(activity: Cid): Promise<Created | undefined> {
    const known = node.activities.get(activity)?.created
    if (known) return known
    const entry = await log.byId(activity)
    const event = entry && reopen(events, entry.body)
    return event?.ok && event.value.body.type === ActivityCreated.type ? (event.value as Created) : undefined
  }

  /** DS5: asks jurors until two agree. */
  async function judge(dispute: Dispute): Promise<void> {
    const {
      id,
      opened: { body },
    } = dispute
    if (body.ground === 'equivocation') return stated(id, 'upheld', [])
    const about = await disputed(dispute)
    const spec = about.ok ? node.jobs.get(about.value.told.place.job as Cid)?.spec : undefined
    const input = about.ok && spec ? await inputUnder(about.value.told.place.job as Cid, body) : undefined
    if (!about.ok || !spec || !input) return stated(id, 'undecided', [])
    const { told } = about.value
    const maxPrice = (await log.readSetting(budgetKey(id)).catch(() => 0n)) as Amount
    const place = { job: told.place.job as Cid, index: told.place.index }
    const names: Cid[] = []
    const heard: Finding[] = []
    const among = amongOf(dispute)
    for await (const block of jury.findings(dispute, { spec, input, place, maxPrice })) {
      const finding = await read.ofBlock(block)
      const stored = await content.addFile(block)
      if (!finding.ok || !stored.ok) break
      // DS7: where it comes from may have come out since it was asked: then it is no juror's.
      if (!mayJudge(finding.value.by, heard, among)) continue
      await share(stored.value)
      names.push(stored.value)
      heard.push(finding.value)
      const ruling = rulingOf(told, heard, among)
      if (ruling.ok && ruling.value !== 'undecided') return stated(id, ruling.value, names)
    }
    return stated(id, 'undecided', names)
  }

  /** The task that the receipt has under this number. */
  async function inputUnder(
    job: Cid,
    { receipt, index = 0 }: Dispute['opened']['body'],
  ): Promise<TaskInput | undefined> {
    for await (const result of frames.ofReceipt(job, receipt as Cid))
      if ((result.number ?? result.index) === index) return (await disk.tasks(job, [result.index]))[0]
    return (await disk.tasks(job, [index]))[0]
  }

  async function stated(dispute: Cid, ruling: Ruling, names: Cid[]): Promise<void> {
    await shell.command({ type: 'judgeDispute', dispute, ruling, findings: names })
  }

  /** DS5: whether what proves a verdict does. */
  async function check(dispute: Dispute): Promise<void> {
    const { id, judged } = dispute
    if (judged)
      await shell.command({ type: 'checkVerdict', dispute: id, isRight: await isProven(dispute, judged.body) })
  }

  async function isProven(dispute: Dispute, { ruling, findings: names }: JudgedBody): Promise<boolean> {
    const {
      opener,
      opened: { body },
    } = dispute
    if (body.ground === 'equivocation') return ruling === 'upheld' && (await isTwice(dispute))
    // Nobody is harmed by a verdict that says nothing.
    if (ruling === 'undecided') return true
    const about = await disputed(dispute)
    if (!about.ok) return false
    const heard: Finding[] = []
    const fetchFile = filesFrom(parts, opener)
    for (const name of names) {
      const block = await fetchFile(name as Cid, mostFindingBytes)
      const finding = block.ok ? await read.ofBlock(block.value) : block
      if (!finding.ok) return false
      heard.push(finding.value)
    }
    const right = rulingOf(about.value.told, heard, amongOf(dispute))
    return right.ok && right.value === ruling
  }

  async function isTwice({ respondent, opened: { body } }: Dispute): Promise<boolean> {
    const [first, second] = await Promise.all((body.receipts ?? []).map((one) => sources.proven(one)))
    return first?.body.author === respondent && second !== undefined && equivocationOf(first, second) !== undefined
  }

  const amongOf = ({ opener, respondent }: Dispute): Parties => ({ parties: [opener, respondent], ...marksIn(node) })

  return { open, look }
}
