import type { Timestamp } from '../kernel/time.ts'
import type { DisputeState } from '../receipts/dispute.ts'
import type { Ground, Ruling } from '../receipts/dispute-messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'

export type DisputeOptions = {
  /** Of the receipt, by its place in the job; the first that comes to something else unless said. */
  readonly task?: number
  /** Of all jurors together, micro-credits; 0 or absent: only those that give their work. */
  readonly maxPrice?: bigint
}

/** How far a dispute is: for people. */
export type DisputeView = {
  readonly id: Cid
  readonly opener: Did
  readonly respondent: Did
  readonly receipt: Cid
  readonly ground: Ground
  /** Its place in the job, which whoever opened it knows. */
  readonly task: number | undefined
  readonly state: DisputeState
  readonly openedAt: Timestamp
  readonly endsAt: Timestamp
  readonly answer: { readonly stance: 'concedes' | 'contests'; readonly reason: string } | undefined
  /** With the blocks that prove it to anybody. */
  readonly verdict: { readonly ruling: Ruling; readonly findings: readonly Cid[] } | undefined
}
