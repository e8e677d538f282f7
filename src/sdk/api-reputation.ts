import type { Result } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { Role, Rule } from '../reputation/lists.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'

/** What this node thinks of others, by what it saw itself and by the word of those whom that gave weight. */
export type ReputationApi = {
  /** How good a provider somebody is now: 0 to 1,000, and on how many tasks that rests. */
  of(did: Did): ScoreView
  /** All that is known of somebody, in figures. */
  record(did: Did): ReputationRecord
  /** Says of the other party of a receipt how good it was, 0 to 1,000 permille. Again for the same receipt: replaces it. */
  review(request: ReviewRequest): Promise<Result<Cid>>
  /** What others say of somebody, newest first: each author's newest word, and what it weighs here. */
  reviews(did: Did): readonly ReviewView[]
  /** Never takes a peer, as provider, as requestor, or as both; or never runs for others a module, or anything that somebody signed. */
  block(name: ListName): Promise<Result<void>>
  /** Takes it although its score or the blacklist speaks against it; with `only`, takes no others of its kind. */
  allow(name: ListName, options?: { only?: boolean }): Promise<Result<void>>
  /** Takes a name off the lists. */
  unlist(name: ListName): Promise<Result<void>>
  /** What stood against somebody until now does not count any more. */
  forgive(did: Did): Promise<Result<void>>
  lists(): readonly ListEntry[]
}
export type ScoreView = { readonly permille: number; readonly tasks: number }
export type ReputationRecord = ScoreView & {
  readonly did: Did
  /** How good a payer it is. */
  readonly payer: ScoreView
  readonly byRuntime: Readonly<Record<string, ScoreView>>
  /** Ever, as they were seen and not worn off. `withdrawn`: of those completed, they do not count, for their author was proven wrong. */
  readonly deeds: Readonly<
    Record<'completed' | 'failed' | 'verified' | 'disputed' | 'withdrawn' | 'paid' | 'unpaid', number>
  >
  /** Consecutive valid results that were checked. A price class is a power of four of micro-credits a task. */
  readonly tracks: readonly { readonly runtime: string; readonly priceClass: number; readonly valid: number }[]
  /** Until then it is left alone, for its score. */
  readonly blacklistedUntil?: Timestamp | undefined
  /** Until then it is left alone, for a result of it that was wrong. */
  readonly provenWrongUntil?: Timestamp | undefined
  readonly forgivenAt?: Timestamp | undefined
  readonly lastSeen?: Timestamp | undefined
}
export type ReviewRequest = {
  readonly receipt: Cid
  readonly permille: number
  /** At most 280 characters. */
  readonly comment?: string
}
export type ReviewView = {
  readonly id: Cid
  readonly author: Did
  readonly receipt: Cid
  readonly job: Cid
  readonly runtime: string
  readonly permille: number
  readonly comment: string
  readonly at: Timestamp
  /** Of a thousand: 0 where its author has earned nothing here. */
  readonly weight: number
}
/** `role`: what the peer would be to us; both unless said. `signer`: whoever signed a module. */
export type ListName = { readonly did: Did; readonly role?: Role } | { readonly module: Cid } | { readonly signer: Did }
export type ListEntry = {
  readonly kind: 'did' | 'module' | 'signer'
  readonly name: string
  readonly role: Role
  readonly rule: Exclude<Rule, 'clear'>
  readonly at: Timestamp
}
