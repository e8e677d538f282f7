import type { StoredResult } from '../adapters/storage.port.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { marksIn } from '../node/ranges.ts'
import type { Accepted } from '../receipts/acceptance.ts'
import { follows } from '../receipts/chain.ts'
import { addsUp, type FrameUsage, usageOfFrame } from '../receipts/frame-usage.ts'
import { type Leaf, leafHash, type MerkleProof, verifyProof } from '../receipts/merkle.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import { verifyCost, verifyFrame } from '../receipts/verify.ts'
import { type RefusedWord, wordsFor } from '../receipts/words.ts'
import type { Cid } from '../wire/cid.ts'
import type { Parts } from './mesh.ts'
import { acceptanceFinder } from './receipt-accepted.ts'
import { createAgain } from './receipt-again.ts'
import { leafOfStored } from './receipt-proofs.ts'
import type { receiptSigners } from './receipt-signers.ts'
import type { Receipt, ReceiptSources } from './receipt-sources.ts'
import type { ReceiptCheck, ReceiptsApi, VerifyOptions } from './receipts-api.ts'
import type { StoredFrames } from './stored-frames.ts'

/** One task of a receipt, as it is stored here: its outputs only by their hash. */
export type StoredTask = {
  /** In its job: its leaf may have another number. */
  readonly index: number
  readonly leaf: Leaf
  readonly path: MerkleProof | undefined
  readonly durationUs: number
  readonly code: string | undefined
}

/** Holds receipts against what this node has stored, and against running their tasks again. */
export function createVerifying(
  parts: Parts,
  sources: ReceiptSources & { readonly signers: ReturnType<typeof receiptSigners> },
  frames: StoredFrames,
): Pick<ReceiptsApi, 'verify'> {
  const { node, jobs: disk, signer } = parts
  const again = createAgain(parts)
  const acceptedFor = acceptanceFinder(sources)

  async function storedTasks(cid: Cid, receipt: Receipt): Promise<StoredTask[]> {
    const tasks: StoredTask[] = []
    for await (const result of frames.ofReceipt(receipt.body.job, cid))
      tasks.push(taskOf(result, await leafOfStored({ disk, signer }, receipt, result)))
    return tasks.sort((a, b) => (a.path?.position ?? 0) - (b.path?.position ?? 0))
  }

  async function checksOf(receipt: Receipt, tasks: readonly StoredTask[]): Promise<readonly ReceiptCheck[]> {
    const { body } = receipt
    const before = body.prev === undefined ? undefined : await sources.ownLog(body.prev)
    const isBegun = body.prev === undefined || before !== undefined
    const isWhole = tasks.length === body.taskCount
    const agreement = node.agreements.get(body.agreement)
    const facts = {
      agreement: body.agreement,
      requestor: agreement?.requestor ?? body.requestor,
      provider: agreement?.provider ?? body.author,
    }
    const lacking = refuse('tasks-not-stored', { told: body.taskCount, found: tasks.length })
    return [
      told('signature', (await sources.proven(await sources.seal(receipt))) ? fine : refuse('bad-signature')),
      isBegun
        ? told('chain', body.author === facts.provider ? follows(before, body, facts) : refuse('receipt-not-yours'))
        : unknown('chain', refuse('receipt-not-found', { receipt: body.prev ?? '' })),
      tasksCheck(body, tasks),
      isWhole && isBegun
        ? told('usage', addsUp(usageOfFrame(body, before?.body), sumOf(tasks)))
        : unknown('usage', lacking),
      agreement?.terms
        ? told('cost', verifyCost(body, agreement.terms))
        : unknown('cost', refuse('agreement-unknown', { agreement: body.agreement })),
    ]
  }

  return {
    async verify(cid, { execute = false, from, ...options }: VerifyOptions = {}) {
      const receipt = await sources.find(cid, from)
      if (!receipt) return refuse('receipt-not-found', { receipt: cid })
      const tasks = await storedTasks(cid, receipt)
      const signers = sources.signers(from)
      const said = wordsFor(receipt, await signers.wordsOf(receipt), marksIn(node))
      const accepted = await acceptedFor(receipt, signers.acceptances())
      const checks = [...(await checksOf(receipt, tasks)), requestorCheck(accepted), ...witnessesCheck(said)]
      const ran = execute ? await again(receipt.body, tasks, options) : notAsked
      const notStored = receipt.body.taskCount - tasks.length
      const signed = { attested: said.attested, ...(accepted && { accepted }) }
      return ok({ receipt: { id: receipt.id, body: receipt.body }, checks, ...signed, notStored, ...ran })
    },
  }
}

const notAsked = { tasks: [], reads: [], wasmtime: 'not-asked' } as const
const fine = ok(undefined)

const taskOf = ({ index, durationUs, error, proof }: StoredResult, leaf: Leaf): StoredTask => ({
  index,
  leaf,
  path: proof,
  durationUs,
  code: error?.code,
})

const sumOf = (tasks: readonly StoredTask[]): FrameUsage =>
  tasks.reduce(
    (sum, { leaf, durationUs }) => ({ fuel: sum.fuel + (leaf.fuel ?? 0n), durationUs: sum.durationUs + durationUs }),
    { fuel: 0n, durationUs: 0 },
  )

const told = (name: ReceiptCheck['name'], result: Result<unknown>): ReceiptCheck =>
  result.ok ? { name, how: 'holds' } : { name, how: 'fails', code: result.code, facts: result.facts }
const unknown = (name: ReceiptCheck['name'], { code, facts }: ReturnType<typeof refuse>): ReceiptCheck => ({
  name,
  how: 'unknown',
  code,
  facts,
})

/** Where the whole frame is stored its root is made again; else each task that is stored is proven by itself. */
function tasksCheck(body: ReceiptBody, tasks: readonly StoredTask[]): ReceiptCheck {
  if (tasks.length === body.taskCount && tasks.every(({ path }) => path !== undefined)) {
    const leaves = tasks.map(({ leaf }) => leaf)
    return told('tasks', verifyFrame(body, leaves))
  }
  const wrong = tasks.find(({ leaf, path }) => path && !verifyProof(body.root, leafHash(leaf), path))
  if (wrong) return told('tasks', refuse('proof-root-differs', { task: wrong.index }))
  return unknown('tasks', refuse('tasks-not-stored', { told: body.taskCount, found: tasks.length }))
}

const requestorCheck = (accepted: Accepted | undefined): ReceiptCheck =>
  accepted ? told('requestor', fine) : unknown('requestor', refuse('receipt-not-accepted'))

/** Of a receipt that nobody speaks of there is nothing to be checked: most have no witness. */
function witnessesCheck({ attested, refused }: ReturnType<typeof wordsFor>): ReceiptCheck[] {
  const [wrong] = refused.filter(({ code }) => code !== 'too-many-witnesses')
  if (attested.length > 0) return [told('witnesses', fine)]
  return wrong ? [unknown('witnesses', factsOf(wrong))] : []
}

const factsOf = ({ code, witness }: RefusedWord) => refuse(code, { witness })
