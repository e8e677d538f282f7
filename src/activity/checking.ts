import type { Did } from '../wire/schema.ts'

/** What somebody says that a task came to, reduced to what can be compared: equal texts are equal answers. */
export type Answer = { readonly provider: Did; readonly digest: string }

/** How sure a task's result is, once it has one. */
export type Checked = {
  /**
   * `single`: one answer, as was asked. `agreed`: as many equal answers as were asked. `known`: equal to an answer that was known before.
   * `unverified`: fewer than were asked, for nobody independent was left to ask.
   */
  readonly how: 'single' | 'agreed' | 'known' | 'unverified'
  readonly digest: string
  /** Who gave this answer, first the one whose result is taken. */
  readonly agreed: readonly Did[]
  /** Who gave another. */
  readonly wrong: readonly Did[]
  /** At most so many in a million such results are wrong, where that can be said. */
  readonly faultPpm?: number | undefined
}

/** What an answer means for its task: more answers are wanted, or it has its result. */
export type Ruling =
  | { readonly type: 'open' }
  | { readonly type: 'ended'; readonly checked: Checked }
  /** An answer that came when its task had ended: of use for whoever gave it alone. */
  | { readonly type: 'late'; readonly isRight: boolean }

/**
 * What decides when a task has its result (SC13): the schedule asks it which task wants another copy and whose copy that may be. Made by
 * `receipts/checking.ts`; without one, a task ends with its first answer.
 */
export type Checking = {
  /** A task is handed out for the first time: draws how it will be checked. */
  begin(index: number, provider: Did): void
  /** How many copies of it are still wanted beside `out` copies that are out and the answers that are in. 0 once it has ended. */
  copiesWanted(index: number, out: number): number
  /** Whether this provider's copy would be independent of those that are out with `holders` and of the answers that are in. */
  mayHave(index: number, provider: Did, holders: readonly Did[]): boolean
  /** Takes an answer; the second of one provider changes nothing. */
  answered(index: number, answer: Answer): Ruling
  /** Nobody independent is left to ask: the best answer that there is ends it, unverified. Undefined where there is none. */
  settle(index: number): Checked | undefined
  /** Tasks that have answers and no result, oldest first. */
  open(): Iterable<number>
}
