import type { Did } from '../wire/schema.ts'

/** What somebody says that a task came to, reduced to what can be compared: equal texts are equal answers. */
export type Answer = {
  readonly provider: Did
  readonly digest: string
  /** That a program trapped is never believed of one alone. */
  readonly verdict: 'ok' | 'failed' | 'trapped'
}

/** How sure a task's result is, once it has one. */
export type Checked = {
  /**
   * `single`: one answer, as was asked. `agreed`: as many equal answers as were asked. `known`: equal to an answer that was known before.
   * `unverified`: fewer than were asked, for nobody independent was left to ask.
   */
  readonly how: 'single' | 'agreed' | 'known' | 'unverified'
  readonly digest: string
  readonly verdict: Answer['verdict']
  /** Who gave this answer, first the one whose result is taken. */
  readonly agreed: readonly Did[]
  /** Who gave another. */
  readonly wrong: readonly Did[]
  /** At most so many in a million such results are wrong, where that can be said. */
  readonly faultPpm?: number | undefined
}

/** What a check says of one provider: whoever keeps its track adds `verified`, or sets it to 0 where `wrong` is above 0. */
export type Seen = { readonly provider: Did; readonly verified: number; readonly wrong: number }

export type Ended = { readonly type: 'ended'; readonly checked: Checked; readonly seen: readonly Seen[] }

/** What an answer means for its task: more answers are wanted, or it has its result. */
export type Ruling =
  | { readonly type: 'open' }
  | Ended
  /** It came when its task had ended by agreement: of use for what is known of whoever gave it. `checked` is how the task stands with it. */
  | { readonly type: 'late'; readonly seen: readonly Seen[]; readonly checked: Checked }
  /** It contradicts the single answer with which its task had ended: the task is open again. */
  | { readonly type: 'doubted' }
  /** The second of one provider, or of somebody who is not independent of the answers that are in. */
  | { readonly type: 'ignored' }

/**
 * What decides when a task has its result (SC13): the schedule asks it which task wants another copy and whose copy that may be. Made by
 * `receipts/checking.ts`; without one, a task ends with its first answer.
 */
export type Checking = {
  /** So long after the last provider joined, nobody else is expected, ms. */
  readonly patienceMs: number
  /** This provider has a copy now. Each draws whether the task is checked; a draw is never taken back. */
  handed(index: number, provider: Did): void
  /** Its copy is taken from it, or came back without an answer. */
  dropped(index: number, provider: Did): void
  /** Of a task without a result: how many copies are still wanted beside those that are out and the answers that are in. */
  copiesWanted(index: number): number
  /** Whether this provider's copy would be independent of those that are out and of the answers that are in. */
  mayHave(index: number, provider: Did): boolean
  /** These are about to come in one receipt: some of them are drawn for others to look at. */
  sample(indexes: readonly number[]): void
  /** Takes an answer; the second of one provider changes nothing. */
  answered(index: number, answer: Answer): Ruling
  /** Nobody independent is left to ask: the best answer that there is ends it. Undefined where there is none. */
  settle(index: number): Ended | undefined
  /** Strikes this provider's answers. @returns the open tasks that had one: what is left may be enough now */
  distrust(provider: Did): readonly number[]
  /** Looks again at the answers that are there. */
  review(index: number): Ruling
  /** It ends without an answer: what comes of its copies that are out says nothing. */
  close(index: number): void
  /** Its result is not believed any longer: nothing is known of it, but who has a copy. */
  reopen(index: number): void
  /** Whether it has an answer and no result. */
  isOpen(index: number): boolean
}
