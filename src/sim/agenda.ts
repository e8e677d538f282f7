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

/** What is planned, soonest first; a total order, so that one seed has one course. */
export type Agenda = {
  add(one: Happening): void
  /** The soonest, taken off, unless it is later than `until`. */
  next(until: number): Happening | undefined
}

/** What was put off keeps its place before what was planned later for that moment. */
function inOrder(moment: Happening[], one: Happening): void {
  let at = moment.length
  while (at > 0 && moment[at - 1]!.seq > one.seq) at -= 1
  moment.splice(at, 0, one)
}

/**
 * What falls into one millisecond is a list in the order of its planning, and only the milliseconds are sorted: a binary heap of
 * numbers, a tenth as many as there are happenings. Nothing may be added before the moment that `next` gave last.
 */
export function createAgenda(): Agenda {
  const planned = new Map<number, Happening[]>()
  const moments: number[] = []
  let taken = 0

  return {
    add(one) {
      const known = planned.get(one.at)
      if (known) return inOrder(known, one)
      planned.set(one.at, [one])
      put(moments, one.at)
    },
    next(until) {
      const soonest = moments[0]
      const due = soonest === undefined || soonest > until ? undefined : planned.get(soonest)
      if (soonest === undefined || !due) return undefined
      const one = due[taken++]
      if (taken === due.length) {
        planned.delete(soonest)
        dropLeast(moments)
        taken = 0
      }
      return one
    },
  }
}

function put(heap: number[], value: number): void {
  let at = heap.push(value) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (heap[parent]! < value) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = value
}

function dropLeast(heap: number[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child += 1
    if (last < heap[child]!) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
}
