import type { Amount } from '../kernel/amount.ts'
import { minuteMs, type Timestamp } from '../kernel/time.ts'
import { dayOf } from './decay.ts'
import type { Observation } from './observation.ts'
import type { Standing } from './standing.ts'

/** So many valid results within one slot of time. */
type Slot = readonly [at: number, valid: number]

/**
 * RP13: checked results of one provider, runtime and price class: enough to say how many valid ones lie behind the newest invalid one, in
 * whatever order they came. The newest are kept by the minute, older ones by the day.
 */
export type Track = {
  /** Oldest first. */
  readonly minutes: readonly Slot[]
  readonly days: readonly Slot[]
  readonly invalidAt?: Timestamp | undefined
}

/** An hour of steady checking; a provider that is checked now and then has days of it. */
const mostMinutes = 64
/** Two months of work: trust that is older has worn off. */
const mostSlots = 64
/** Of a million each: more says nothing more, and sums stay whole numbers. */
const mostValid = 1_000_000
/** RP13: powers of four of micro-credits up to 2⁶³, and 0 for what is given away. */
export const priceClasses = 33

/** RP13: how dear a task is: 0 where it costs nothing, else one more than the power of four that its price in micro-credits has passed. */
export function priceClassOf(price: Amount): number {
  let priceClass = 0
  for (let left: bigint = price; left > 0n; left /= 4n) priceClass += 1
  return priceClass
}

const noTrack: Track = { minutes: [], days: [] }
const minuteOf = (at: Timestamp): number => Math.floor(at / minuteMs)
const dayOfMinute = (minute: number): number => dayOf((minute * minuteMs) as Timestamp)
const keyOf = (tag: string, priceClass: number): string =>
  `${tag} ${Math.max(0, Math.min(priceClasses - 1, Math.trunc(priceClass)))}`

/** RP13: folds what a check came to; of anything else nothing changes. */
export function evolveTracks(
  tracks: ReadonlyMap<string, Track>,
  tag: string,
  { at, deeds, priceClass }: Observation,
): ReadonlyMap<string, Track> {
  const { verified = 0, disputed = 0 } = deeds
  if (verified + disputed === 0) return tracks
  const key = keyOf(tag, priceClass ?? 0)
  const track = tracks.get(key) ?? noTrack
  const valid = verified > 0 ? withValid(track, minuteOf(at), verified) : track
  const isNewer = disputed > 0 && at > (track.invalidAt ?? -1)
  return new Map(tracks).set(key, isNewer ? { ...valid, invalidAt: at } : valid)
}

function withValid(track: Track, minute: number, valid: number): Track {
  const minutes = withSlot(track.minutes, minute, valid)
  if (minutes.length <= mostMinutes) return { ...track, minutes }
  const [[oldest, many]] = minutes as [Slot, ...Slot[]]
  const days = withSlot(track.days, dayOfMinute(oldest), many).slice(-mostSlots)
  return { ...track, minutes: minutes.slice(1), days }
}

function withSlot(slots: readonly Slot[], at: number, valid: number): readonly Slot[] {
  let place = slots.length
  while (place > 0 && slots[place - 1]![0] >= at) place -= 1
  const known = slots[place]?.[0] === at ? slots[place]![1] : undefined
  const next = slots.slice()
  next.splice(place, known === undefined ? 0 : 1, [at, Math.min((known ?? 0) + valid, mostValid)])
  return next
}

/**
 * RP13: consecutive valid results: those behind the minute of the newest invalid one, and of older ones those behind its day. Only checked results
 * count, and those that are valid within the minute of an invalid one do not.
 */
export function trackOf(standing: Standing | undefined, runtime: string, priceClass: number): number {
  const track = standing?.tracks.get(keyOf(runtime, priceClass))
  if (!track) return 0
  const { minutes, days, invalidAt } = track
  const [minute, day] = invalidAt === undefined ? [-1, -1] : [minuteOf(invalidAt), dayOf(invalidAt)]
  return behind(minutes, minute) + behind(days, day)
}

/** Every track of a provider, with how long it is. */
export const tracksOf = (
  standing: Standing | undefined,
): readonly { readonly runtime: string; readonly priceClass: number; readonly valid: number }[] =>
  [...(standing?.tracks.keys() ?? [])].map((key) => {
    const [runtime = '', priceClass = '0'] = key.split(' ')
    return { runtime, priceClass: Number(priceClass), valid: trackOf(standing, runtime, Number(priceClass)) }
  })

const behind = (slots: readonly Slot[], after: number): number =>
  slots.reduce((sum, [at, valid]) => (at > after ? sum + valid : sum), 0)
