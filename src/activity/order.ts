/** What chance decides with: a whole number below `n`. */
type Chance = { below(n: number): number }

/** So many tasks are mixed with each other: 64 frames of inputs, which are kept at hand once they were read. */
export const mostMixed = 16_384

/** KN4: in which order tasks are handed out that nobody had yet: their own, or by chance among the next of them. */
export function createOrder(chance?: Chance) {
  const most = chance ? mostMixed : 1
  /** The last one is the next to be handed out, once it is drawn. */
  const mixed: number[] = []
  let isDrawn = false
  let next = 0

  function draw(): void {
    if (isDrawn || !chance) return
    const last = mixed.length - 1
    const at = chance.below(mixed.length)
    const drawn = mixed[at]!
    mixed[at] = mixed[last]!
    mixed[last] = drawn
    isDrawn = true
  }

  function take(): void {
    mixed.pop()
    isDrawn = false
  }

  return {
    /** Which of so many comes next, none that is of no use any more; the same one until it is taken. */
    first(total: number, isOfUse: (index: number) => boolean): number | undefined {
      for (;;) {
        if (!isDrawn) for (; mixed.length < most && next < total; next++) if (isOfUse(next)) mixed.push(next)
        if (mixed.length === 0) return undefined
        draw()
        const first = mixed.at(-1)!
        if (isOfUse(first)) return first
        take()
      }
    },
    take,
  }
}
