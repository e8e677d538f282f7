/** Something that happens to a node, or to the world where `node` is −1. */
export type Happening = {
  readonly at: number
  /** Order of the call that planned it: what happens at the same moment happens in this order. */
  readonly seq: number
  readonly node: number
  /** Of the node's lives, the one that this belongs to; −1: any. */
  readonly life: number
  readonly label: string
  readonly run: () => void
}

/** A binary heap, soonest first; a total order, so that one seed has one course. */
export type Heap = {
  readonly size: () => number
  peek(): Happening | undefined
  push(one: Happening): void
  pop(): Happening | undefined
}

export function createHeap(): Heap {
  const all: Happening[] = []

  function push(one: Happening): void {
    let at = all.push(one) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (isSooner(all[parent]!, one)) break
      all[at] = all[parent]!
      at = parent
    }
    all[at] = one
  }

  function pop(): Happening | undefined {
    const top = all[0]
    const last = all.pop()
    if (!top || !last || all.length === 0) return top
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= all.length) break
      if (child + 1 < all.length && isSooner(all[child + 1]!, all[child]!)) child += 1
      if (isSooner(last, all[child]!)) break
      all[at] = all[child]!
      at = child
    }
    all[at] = last
    return top
  }

  return { size: () => all.length, peek: () => all[0], push, pop }
}

const isSooner = (a: Happening, b: Happening): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq)
