import { type Amount, zero } from '../kernel/amount.ts'

/** Results of one frame, for which its receipt asks to be paid. */
type Frame = {
  /** Of the activity, up to and with this frame. */
  readonly cost: Amount
  readonly taskCount: number
  /** Tasks that are still being checked. */
  readonly open: Set<number>
}

/**
 * AC21: what an activity may be paid for: frames in their order, all of whose tasks ended their checks and behind which enough others lie, that a
 * lie among those would cost more than it brings.
 */
export type Clearing = ReturnType<typeof createClearing>

/** @param before what was cleared before this life of the tab */
export function createClearing(before: Amount = zero) {
  const frames: Frame[] = []
  const frameOf = new Map<number, Frame>()
  let cleared = before
  let held = 0

  return {
    cleared: (): Amount => cleared,
    /** Tasks that are not cleared. */
    held: (): number => held,
    took(cost: Amount, { taskCount, open }: { taskCount: number; open: Iterable<number> }): void {
      const frame: Frame = { cost, taskCount, open: new Set(open) }
      for (const index of frame.open) frameOf.set(index, frame)
      frames.push(frame)
      held += taskCount
    },
    /** This task is not being checked any more. */
    ended(index: number): void {
      frameOf.get(index)?.open.delete(index)
      frameOf.delete(index)
    },
    /** Clears what may be cleared while so many tasks stay behind it. @returns whether that is more than before */
    clear(heldBack: number): boolean {
      const former = cleared
      while (frames[0] && frames[0].open.size === 0 && held - frames[0].taskCount >= heldBack) {
        cleared = frames[0].cost
        held -= frames[0].taskCount
        frames.shift()
      }
      return cleared > former
    },
  }
}
