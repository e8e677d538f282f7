import * as v from 'valibot'
import { mostNumbers } from '../activity/numbers.ts'
import type { TaskInput, TaskOutcome } from '../activity/task.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { decode, encode } from '../wire/codec.ts'
import { bigCount, bytes, check, count, exactBytes, type Infer, object, oneOf, optional } from '../wire/schema.ts'
import { inputHash, type Leaf, leafHash, outputHash, verifyProof } from './merkle.ts'
import { mostSealedBytes, mostTasks, type ReceiptBody } from './messages.ts'

/** A tree over as many tasks as a receipt may have is so many levels high. */
const mostLevels = 24
/** The largest receipt, the highest tree, a leaf and the names of the fields. */
export const mostProofBytes = 5_376
/** −1 of a program that did not come to exit, else what WASI takes. */
const exitCode = v.pipe(v.number(), v.safeInteger(), v.minValue(-1), v.maxValue(2 ** 32 - 1))

const taskProof = object({
  type: v.literal('receipts/task-proof'),
  version: v.literal(1),
  /** The sealed receipt: its author's signature is checked by whoever opens it. */
  receipt: bytes(mostSealedBytes),
  leaf: object({
    index: count(mostNumbers),
    salt: exactBytes(16),
    inputHash: exactBytes(32),
    outputHash: exactBytes(32),
    status: oneOf(['ok', 'failed']),
    exitCode,
    fuel: optional(bigCount),
    hostUnits: optional(bigCount),
  }),
  path: object({
    position: count(mostTasks),
    leafCount: count(mostTasks),
    siblings: bytes(32 * mostLevels),
  }),
})

/** What anybody needs to see that a provider signed for one task, without a word of the other tasks. */
export type TaskProof = Infer<typeof taskProof>

export type TaskProofCode = 'malformed' | 'too-large'
export type ProvenCode = 'proof-size-differs' | 'proof-root-differs' | 'input-differs' | 'output-differs'

/** What somebody claims went in or came out, to be held against the hashes of a proof. */
export type Claimed = {
  readonly input?: TaskInput | undefined
  readonly output?: Pick<TaskOutcome, 'stdout' | 'stderr' | 'files' | 'values' | 'log' | 'anchors'> | undefined
}

/** @param receipt the sealed envelope */
export const taskProofOf = (receipt: Uint8Array, leaf: Leaf, path: TaskProof['path']): TaskProof => ({
  type: 'receipts/task-proof',
  version: 1,
  receipt,
  leaf,
  path,
})

/** TP1: one proof has one spelling: canonical DAG-CBOR. */
export const encodeTaskProof = (proof: TaskProof): Uint8Array<ArrayBuffer> => encode(proof)

/** TP1: a proof from anybody, as bytes or as a value. Says nothing yet of whether it is true. Never throws. */
export function readTaskProof(given: unknown): Result<TaskProof, TaskProofCode> {
  if (!(given instanceof Uint8Array)) return check(taskProof, given)
  if (given.length > mostProofBytes) return refuse('too-large', { sizeBytes: given.length, mostBytes: mostProofBytes })
  const decoded = decode(given)
  return decoded.ok ? check(taskProof, decoded.value) : decoded
}

/**
 * TP2, TP3: whether a receipt, whose signature holds, is over this task at this place, and whether what is claimed beside it is what went
 * in and came out.
 */
export function proveTask(
  { taskCount, root }: ReceiptBody,
  { leaf, path }: Pick<TaskProof, 'leaf' | 'path'>,
  { input, output }: Claimed = {},
): Result<void, ProvenCode> {
  if (path.leafCount !== taskCount) return refuse('proof-size-differs', { told: path.leafCount, found: taskCount })
  if (!verifyProof(root, leafHash(leaf), path)) return refuse('proof-root-differs', { position: path.position })
  if (input && !equalBytes(inputHash(input), leaf.inputHash)) return refuse('input-differs', { task: leaf.index })
  if (output && !equalBytes(outputHash(output), leaf.outputHash)) return refuse('output-differs', { task: leaf.index })
  return ok(undefined)
}
