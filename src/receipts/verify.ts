import type { WireResult } from '../activity/messages.ts'
import { pageBytes, type TaskLimits } from '../activity/task.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Terms } from '../market/messages.ts'
import { type Leaf, leafHash, type MerkleTree, merkleTree } from './merkle.ts'
import type { ReceiptBody, Usage } from './messages.ts'
import { type CostCode, costOf, noUsage, withTask } from './usage.ts'

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

export type UsageTold = 'usage-differs' | 'usage-over-limit'

/** What a frame's usage is judged by. */
export type FrameUse = {
  /** Of the receipt before; undefined for the first. */
  readonly before: Usage | undefined
  readonly results: readonly WireResult[]
  readonly limits: Pick<TaskLimits, 'fuel' | 'hostUnits' | 'memoryPages'>
  /** Since the activity was created, by whoever checks. */
  readonly ageMs: number
  /** How many tasks it may run at once. */
  readonly threads: number
  /** Somebody types into its tasks: their time and memory are told while they run. */
  readonly isInteractive: boolean
  /** Of all tasks that it was sent; undefined where that is not known any more. */
  readonly sentBytes: number | undefined
}

/** Two clocks differ, and a page that was hidden is told late how long it has slept. */
const clockSlackMs = 10_000
const added = ['fuel', 'hostUnits', 'durationUs', 'cpuUs', 'bytesOut', 'memoryBytes', 'storageBytes'] as const
const addedAtTheEnd = ['fuel', 'hostUnits', 'bytesOut', 'storageBytes'] as const

/**
 * VF3: whether a receipt's usage is that of the receipt before and of exactly the tasks in its frame, as the requestor itself adds
 * them up. VF4: what it cannot add up is bounded by what it sent, by its limits and by its own clock.
 */
export function verifyUsage(
  { usage }: ReceiptBody,
  { before, results, limits, ageMs, sentBytes, threads, isInteractive }: FrameUse,
): Result<void, UsageTold> {
  const found = results.reduce(withTask, before ?? noUsage)
  for (const counter of isInteractive ? addedAtTheEnd : added) {
    const [told, counted] = [usage[counter] ?? 0n, found[counter] ?? 0n]
    if (told !== counted) return refuse('usage-differs', { counter, told, found: counted })
  }
  const most: readonly (readonly [counter: string, told: bigint | number, most: bigint | number])[] = [
    ...results.map(({ fuel }) => ['fuel', fuel, limits.fuel ?? fuel] as const),
    ...results.map(({ hostUnits = 0n }) => ['hostUnits', hostUnits, limits.hostUnits ?? hostUnits] as const),
    ...results.map(({ durationUs }) => ['durationUs', durationUs, (ageMs + clockSlackMs) * 1_000] as const),
    ['durationUs', usage.durationUs, threads * (ageMs + clockSlackMs) * 1_000],
    ['cpuUs', usage.cpuUs ?? 0, usage.durationUs],
    ['memoryBytes', usage.memoryBytes, limits.memoryPages * pageBytes],
    ['bytesIn', usage.bytesIn, sentBytes ?? usage.bytesIn],
  ]
  const over = most.find(([, told, bound]) => told > bound)
  return over ? refuse('usage-over-limit', { counter: over[0], told: over[1], most: over[2] }) : ok(undefined)
}

/** VF2: whether the cost that a receipt states is what the terms make of its usage, to the micro-credit. */
export function verifyCost(body: ReceiptBody, terms: Terms): Result<void, CostCode | 'cost-differs'> {
  const cost = costOf(terms, body.usage)
  if (!cost.ok) return cost
  return cost.value === body.cost ? ok(undefined) : refuse('cost-differs', { told: body.cost, found: cost.value })
}
