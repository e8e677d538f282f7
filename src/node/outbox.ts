import { after, secondMs, type Timestamp } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'

/** What waits to be taken by its recipient. OB1: this is the only place that tries again. */
export type Parcel = {
  readonly to: Did
  readonly event: Verified<AnyBody>
  readonly until: Timestamp
  readonly tries: number
  readonly nextAt: Timestamp
  readonly isOut: boolean
}
export type Outbox = {
  readonly parcels: Map<Cid, Parcel>
  /** Of those taken or refused lately: asking again for the same delivery does nothing. */
  readonly settled: Map<Cid, true>
}

/** A thousand agreements with three events each under way at once: beyond, the oldest recipient is surely gone. */
export const mostParcels = 4_096
const mostSettled = 16_384
/** OB2: 0.5 s, doubling to 30 s: a reload takes 0.3 s, a relay's restart some seconds. */
const firstRetryMs = 500
const longestRetryMs = 30 * secondMs
/** As many events as fit the deliver protocol's frame. */
export const parcelsPerCall = 16

export const emptyOutbox = (): Outbox => ({ parcels: new Map(), settled: new Map() })

/** Takes an event to be brought; a second call with the same event changes nothing. */
export function post(
  { parcels, settled }: Outbox,
  parcel: Pick<Parcel, 'to' | 'event' | 'until'>,
  now: Timestamp,
): boolean {
  const { id } = parcel.event
  if (settled.has(id) || parcels.has(id) || parcel.until <= now || parcels.size >= mostParcels) return false
  parcels.set(id, { ...parcel, tries: 0, nextAt: now, isOut: false })
  return true
}

/** Recipients with something due now, each with what to bring, oldest first; those are out until `answered` or `failed`. */
export function due({ parcels }: Outbox, now: Timestamp, isReachable: (did: Did) => boolean): Map<Did, Parcel[]> {
  const calls = new Map<Did, Parcel[]>()
  // One call at a time to a recipient: what was stated first arrives first.
  const busy = new Set([...parcels.values()].filter(({ isOut }) => isOut).map(({ to }) => to))
  for (const [id, parcel] of parcels) {
    if (parcel.until <= now && !parcel.isOut) {
      parcels.delete(id)
      continue
    }
    if (parcel.nextAt > now) busy.add(parcel.to) // what was stated later does not overtake it
    if (busy.has(parcel.to)) continue
    if (!isReachable(parcel.to)) {
      parcels.set(id, later(parcel, now))
      continue
    }
    const call = calls.get(parcel.to) ?? []
    if (call.length >= parcelsPerCall) continue
    parcels.set(id, { ...parcel, isOut: true })
    calls.set(parcel.to, [...call, parcel])
  }
  return calls
}

/** The recipient took or refused these: either way they are done. */
export function answered({ parcels, settled }: Outbox, ids: readonly Cid[]): void {
  for (const id of ids) {
    parcels.delete(id)
    settled.delete(id)
    settled.set(id, true)
  }
  while (settled.size > mostSettled) settled.delete(settled.keys().next().value!)
}

/** Nobody answered: again later. */
export function failed({ parcels }: Outbox, ids: readonly Cid[], now: Timestamp): void {
  for (const id of ids) {
    const parcel = parcels.get(id)
    if (parcel) parcels.set(id, later(parcel, now))
  }
}

/** OB2: absent or silent, its recipient is tried again later, each time after twice as long. */
function later(parcel: Parcel, now: Timestamp): Parcel {
  const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(parcel.tries, 10))
  return { ...parcel, isOut: false, tries: parcel.tries + 1, nextAt: after(now, waitMs) }
}

/** OB3: whoever comes back is served at once. */
export function hurry({ parcels }: Outbox, to: Did, now: Timestamp): void {
  for (const [id, parcel] of parcels) if (parcel.to === to && !parcel.isOut) parcels.set(id, { ...parcel, nextAt: now })
}

export const isWaiting = ({ parcels }: Outbox, id: Cid): boolean => parcels.has(id)
export const wasAnswered = ({ settled }: Outbox, id: Cid): boolean => settled.has(id)

/** When `due` has something next by time alone, or undefined; what is due already waits for a call to end. */
export function nextDue({ parcels }: Outbox, now: Timestamp): Timestamp | undefined {
  let next: Timestamp | undefined
  for (const { nextAt, isOut } of parcels.values())
    if (!isOut && nextAt > now && (next === undefined || nextAt < next)) next = nextAt
  return next
}
