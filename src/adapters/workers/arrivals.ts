import type { CoreKind } from '../../activity/module.ts'
import type { PrepareOptions } from '../../activity/prepare.ts'
import type { Arriving } from '../../activity/runtime.ts'
import { blockBytes } from '../../content/manifest.ts'
import { giveBytes, type Seat, stopReading } from './seat.ts'

/** What makes one prepared module of another, beside its bytes. */
export type HowPrepared = PrepareOptions & { readonly runtime: CoreKind }

/** Modules that are on their way, each read by a worker as far as it has come, so that less is left to do at its end. */
export type Arrivals = {
  /** @param key of the module and how it is to be prepared */
  arriving(key: string, how: HowPrepared): Arriving
  /** Its bytes at a worker are read: the next may go. */
  read(id: number): void
  /** Gives up what is known here of the module that a program's key begins with: where it is read, and how much of it is there. */
  take(program: string): Begun | undefined
  /** Whether a module is on its way to this worker. */
  isAt(seat: Seat): boolean
  /** A worker has ended. What was read there is read anew with the whole. */
  lost(seat: Seat): void
}
export type Begun = { readonly seat: Seat; readonly id: number; readonly sentBytes: number }

/** Less than that is read in 50 ms: it is prepared whole. */
export const leastArrivingBytes = 8 * blockBytes
/** Each takes as much memory in a worker as the module is long, and one thread reads faster than most lines carry. */
export const mostArriving = 2
/** Read in 20 to 100 ms: so long may a task wait that comes to its worker meanwhile. */
export const mostPieceBytes = 4 * blockBytes

type Arrival = {
  readonly how: HowPrepared
  readonly seat: Seat
  readonly id: number
  readonly module: Uint8Array
  prefixBytes: number
  sentBytes: number
}

/** @param seatFor gives a worker that prepares next */
export function createArrivals({
  seatFor,
  isKnown,
  now,
  done,
}: {
  seatFor(): Seat
  /** Whether there is nothing to do for a module. */
  isKnown(key: string): boolean
  now(): number
  /** A worker has one module less on its way. */
  done(): void
}): Arrivals {
  const all = new Map<string, Arrival>()
  let lastId = 0

  function begin(key: string, how: HowPrepared, module: Uint8Array): Arrival | undefined {
    if (module.length < leastArrivingBytes || all.size >= mostArriving || all.has(key) || isKnown(key)) return undefined
    lastId += 1
    const arrival = { how, seat: seatFor(), id: lastId, module, prefixBytes: 0, sentBytes: 0 }
    all.set(key, arrival)
    return arrival
  }

  /** One piece at a time, and none behind a run: the next ones come together meanwhile, and what is read for too long is ended. */
  function sendOn(arrival: Arrival): void {
    const { seat, id, how, module, sentBytes, prefixBytes } = arrival
    if (seat.reading.has(id) || seat.runs.length > 0 || sentBytes === prefixBytes) return
    arrival.sentBytes = Math.min(prefixBytes, sentBytes + mostPieceBytes)
    const bytes = module.slice(sentBytes, arrival.sentBytes)
    giveBytes(seat, { id, bytes, sizeBytes: module.length, ...how }, now())
  }

  return {
    arriving(key, how) {
      let mine: Arrival | undefined
      let isOver = false
      return {
        grown(module, prefixBytes) {
          if (isOver) return
          mine ??= begin(key, how, module)
          if (!mine || all.get(key) !== mine) return
          mine.prefixBytes = prefixBytes
          sendOn(mine)
        },
        end() {
          isOver = true
          if (!mine || all.get(key) !== mine) return
          all.delete(key)
          stopReading(mine.seat, mine.id)
          done()
        },
      }
    },
    read(id) {
      for (const arrival of all.values()) if (arrival.id === id) sendOn(arrival)
    },
    take(program) {
      const [found] = [...all].filter(([key]) => program.startsWith(key))
      if (found) all.delete(found[0])
      return found?.[1]
    },
    isAt: (seat) => [...all.values()].some((arrival) => arrival.seat === seat),
    lost(seat) {
      for (const [key, arrival] of all) if (arrival.seat === seat) all.delete(key)
    },
  }
}
