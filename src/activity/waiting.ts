import type { Cid } from '../wire/cid.ts'

/** What becomes of a waiting task: this lane takes it; it never will; it may later; nobody needs it any more. */
export type Offer = 'yes' | 'never' | 'later' | 'gone'

/** So many tasks that are of no use to a lane are looked at in one go: what it may not have yet must not cost it its turn. */
const mostLooks = 256

/**
 * SC16: tasks that wait to be handed out again, oldest first. Each lane remembers how far it looked in vain, so that a task is offered to a
 * lane once however often it asks.
 */
export function createWaiting() {
  /** The place in the order of each; places only grow. */
  const places = new Map<number, number>()
  let order: (number | undefined)[] = []
  /** The place of `order[0]`. */
  let base = 0
  const looked = new Map<Cid, number>()

  function remove(index: number): void {
    const place = places.get(index)
    if (place === undefined) return
    places.delete(index)
    order[place - base] = undefined
  }

  /** Drops what is taken from the front, once that is most of it. */
  function compact(): void {
    if (order.length < 64 || places.size * 2 > order.length) return
    const left = order.filter((index) => index !== undefined)
    // What stays moves up behind all places that a lane may remember.
    base += order.length
    order = left
    for (const [i, index] of left.entries()) places.set(index, base + i)
    looked.clear()
  }

  return {
    has: (index: number): boolean => places.has(index),
    count: (): number => places.size,
    /** Behind all others; whoever may not have had it is asked anew. */
    add(index: number): void {
      remove(index)
      places.set(index, base + order.length)
      order.push(index)
    },
    remove,
    all: (): Iterable<number> => places.keys(),
    /** Everybody looks at everything again: whoever was in the way is gone. */
    askAnew: (): void => looked.clear(),
    /** The first that the lane takes; it stays where it is until it is removed. */
    first(activity: Cid, offer: (index: number) => Offer): number | undefined {
      if (places.size === 0) return undefined
      compact()
      const from = Math.max(base, looked.get(activity) ?? base)
      let inVain = from
      let found: number | undefined
      for (let place = from, looks = 0; place < base + order.length && looks < mostLooks; place++) {
        const index = order[place - base]
        const answer = index === undefined ? 'gone' : offer(index)
        if (answer === 'yes') {
          found = index
          break
        }
        if (index !== undefined && answer === 'gone') remove(index)
        else if (index !== undefined) looks += 1
        if (answer !== 'later' && inVain === place) inVain += 1
      }
      if (inVain > from) looked.set(activity, inVain)
      return found
    },
  }
}
