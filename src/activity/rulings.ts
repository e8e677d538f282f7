import type { Did } from '../wire/schema.ts'
import type { Answer, Checked, Checking, Ruling, Seen } from './checking.ts'
import { createHeldBack } from './held-back.ts'

/** What became of an answer. */
export type Answered = {
  /** `held`: it waits for other answers to the same task. `again`: the task goes to somebody once more. */
  readonly type: 'ended' | 'held' | 'repeat' | 'again'
  /** Where answers are compared: whose result the task has. None where it was given up without an answer that says anything. */
  readonly checked?: Checked
  /** Behind the end of its task: it tells of somebody who was wrong, which stands beside the result from now on. */
  readonly revised?: Checked
  readonly found?: Found
}

/** What answers, compared, say of providers; where they say anything. */
export type Found = {
  readonly seen: readonly Seen[]
  /** Who is excluded for it. */
  readonly wrong: readonly Did[]
  /** Tasks that had ended on the word of one of those: their results are not believed, and they are handed out again. */
  readonly reopened: readonly number[]
}

export type Settled = { readonly index: number; readonly answered: Answered }

export const plainly = {
  ended: { type: 'ended' },
  held: { type: 'held' },
  repeat: { type: 'repeat' },
  again: { type: 'again' },
} as const satisfies Record<string, Answered>

/** What a ruling changes in the schedule. */
export type Hands = {
  isDone(index: number): boolean
  isOver(): boolean
  end(index: number, isOk: boolean): void
  /** As if it had never ended. */
  undo(index: number): void
  /** It may want another copy. */
  offer(index: number): void
  isExcluded(provider: Did): boolean
  exclude(provider: Did): void
}

/** SC13: carries out what the checking says of answers. */
export function createRulings(checking: Checking, hands: Hands) {
  const heldBack = createHeldBack()
  /** Open tasks that lost an answer, or the last copy that was out: what is there may be enough. */
  const struck = new Set<number>()

  function follow(index: number, ruling: Ruling): Answered {
    // A finished job stays as it was delivered.
    const isFinal = hands.isOver()
    switch (ruling.type) {
      case 'ended': {
        const { checked, seen } = ruling
        hands.end(index, checked.verdict === 'ok')
        heldBack.ended(index, checked)
        const found = foundBy(seen, isFinal)
        return { type: 'ended', checked, ...(found && { found }) }
      }
      case 'open':
        hands.offer(index)
        return plainly.held
      case 'doubted':
        if (isFinal) return plainly.repeat
        undo(index)
        hands.offer(index)
        return { type: 'held', found: { seen: [], wrong: [], reopened: [index] } }
      case 'late': {
        const found = foundBy(ruling.seen, isFinal)
        const isNews = !isFinal && found !== undefined && found.wrong.length > 0
        return { type: 'repeat', ...(found && { found }), ...(isNews && { revised: ruling.checked }) }
      }
      case 'ignored':
        hands.offer(index)
        return plainly.repeat
    }
  }

  function undo(index: number): void {
    heldBack.undone(index)
    hands.undo(index)
  }

  /** SC15: who is found wrong is out, and what rests on its word is done again. */
  function foundBy(seen: readonly Seen[], isFinal: boolean): Found | undefined {
    if (seen.length === 0) return undefined
    const wrong = seen.filter((one) => one.wrong > 0 && !hands.isExcluded(one.provider)).map(({ provider }) => provider)
    const reopened: number[] = []
    for (const provider of wrong) {
      hands.exclude(provider)
      for (const index of checking.distrust(provider)) struck.add(index)
      const unproven = heldBack.lost(provider).filter((index) => hands.isDone(index))
      if (!isFinal) reopened.push(...unproven)
    }
    for (const index of reopened) {
      checking.reopen(index)
      undo(index)
      hands.offer(index)
    }
    return { seen, wrong, reopened }
  }

  return {
    answered: (index: number, answer: Answer): Answered => follow(index, checking.answered(index, answer)),
    /** What is known of a provider without asking others: by its own words, or by an answer that was known. */
    judge: (provider: Did, isRight: boolean): Found | undefined =>
      foundBy([{ provider, verified: Number(isRight), wrong: Number(!isRight) }], hands.isOver()),
    /** SC14: nobody else is to be had for these. */
    settle(index: number): Settled | undefined {
      const ruling = checking.settle(index)
      return ruling && { index, answered: follow(index, ruling) }
    },
    /** Nobody has it and nobody is to have it: at the next review it ends as it stands. */
    lookAgain: (index: number): void => void struck.add(index),
    /** What became of tasks that are to be looked at again. */
    review(): Settled[] {
      const all: Settled[] = []
      const again = [...struck]
      struck.clear()
      for (const index of again) {
        const answered = follow(index, checking.review(index))
        if (answered.type === 'ended') all.push({ index, answered })
      }
      return all
    },
  }
}
