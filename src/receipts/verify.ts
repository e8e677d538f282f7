import { equalBytes } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Terms } from '../market/messages.ts'
import { type Leaf, leafHash, type MerkleTree, merkleTree } from './merkle.ts'
import type { ReceiptBody } from './messages.ts'
import { type CostCode, costOf } from './usage.ts'

export type FrameCode = 'frame-count-differs' | 'frame-task-twice' | 'frame-status-differs' | 'frame-root-differs'

/**
 * VF1: whether a receipt tells of exactly the tasks that its frame brought: as many, each once, as many of them good, and
 * their root.
 * @param leaves what the requestor itself computed from its inputs and the outputs it got, in the frame's order
 * @returns the tree over them, which proves each of its tasks
 */
export function verifyFrame(body: ReceiptBody, leaves: readonly Leaf[]): Result<MerkleTree, FrameCode> {
  const { taskCount, okCount, root } = body
  if (leaves.length !== taskCount) return refuse('frame-count-differs', { told: taskCount, found: leaves.length })
  const indexes = new Set(leaves.map(({ index }) => index))
  if (indexes.size !== leaves.length) return refuse('frame-task-twice', { tasks: leaves.length, apart: indexes.size })
  const found = leaves.filter(({ status }) => status === 'ok').length
  if (found !== okCount) return refuse('frame-status-differs', { told: okCount, found })
  const tree = merkleTree(leaves.map(leafHash))
  return equalBytes(tree.root, root) ? ok(tree) : refuse('frame-root-differs', { sequence: body.sequence })
}

/** VF2: whether the cost that a receipt states is what the terms make of its usage, to the micro-credit. */
export function verifyCost(body: ReceiptBody, terms: Terms): Result<void, CostCode | 'cost-differs'> {
  const cost = costOf(terms, body.usage)
  if (!cost.ok) return cost
  return cost.value === body.cost ? ok(undefined) : refuse('cost-differs', { told: body.cost, found: cost.value })
}
