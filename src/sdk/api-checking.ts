import type { Did } from '../wire/schema.ts'

/**
 * How sure a job's results are to be. `once`: one provider computes each task, and is believed. `adaptive`: whoever is not known to be right is
 * checked by another, always at first and ever less often. `quorum` of `of` copies are to be equal. `witnesses` compute a `sample` (0 to 1) of
 * each provider's tasks again. `confidence`: so large a part of the results is right, 0.5 to 0.999999.
 */
export type RedundancyRequest =
  | 'once'
  | 'adaptive'
  | { readonly quorum: number; readonly of: number }
  | { readonly witnesses: number; readonly sample?: number }
  | { readonly confidence: number }

export type TaskCheck = {
  /**
   * `single`: one answer, which its provider's record let pass. `agreed`: as many equal answers as were asked for. `known`: equal to what was
   * known before. `unverified`: fewer than were asked for, because nobody independent was left to ask.
   */
  readonly how: 'single' | 'agreed' | 'known' | 'unverified'
  /** Who gave this answer, its provider first. */
  readonly agreed: readonly Did[]
  /** Who gave another. */
  readonly wrong: readonly Did[]
  /** At most so many in a million such results are wrong, where that can be said. */
  readonly faultPpm?: number | undefined
}

/** What checking costs and gives, as far as can be told before a job starts. */
export type CheckEstimate = {
  /** In sight, that nobody knows to be of one owner: one of each range of addresses. */
  readonly providers: number
  /** Computed of a task, on average. */
  readonly copies: number
  /** Of the results so large a part is right, if no more than a third of the providers lie, all alike; undefined where nothing can be said. */
  readonly confidence?: number
  /** The confidence that was asked for is out of reach: this is the best. */
  readonly best?: number
}
