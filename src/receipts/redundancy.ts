/** How sure the requestor wants to be of each result: what a job's policy says. */
export type Redundancy =
  | { readonly mode: 'once' }
  | { readonly mode: 'adaptive' }
  | { readonly mode: 'quorum'; readonly quorum: number; readonly copies: number }
  | { readonly mode: 'witnessed'; readonly witnesses: number; readonly samplePermille: number }
  | { readonly mode: 'confidence'; readonly faultPpm: number }

/** CO1: copies of a task that one could take from another. By default the requestor alone sees results. */
export const isCommitted = ({ mode }: Redundancy): boolean => mode === 'quorum' || mode === 'confidence'

export const millionth = 1_000_000
/** RD1: consecutive valid results before a provider is believed anything alone. */
export const leastTrack = 10
/** RD2: a task is checked so often however long the track is; and where it is dear. */
export const floorPpm = 50_000
export const dearFloorPpm = 100_000

/** What is known of a provider when a task is handed to it. */
export type Standing = {
  /** Consecutive valid checked results, of its runtime and price class. */
  readonly track: number
  /** Tasks of this job that it is not paid for yet. */
  readonly held: number
  readonly isDear: boolean
}

/**
 * RD1, RD2: how often in a million a task with this provider is given to a second one, after BOINC's adaptive replication. Who is caught loses
 * what is held back: at 1.5 of it, lying does not pay even where a third of those who check are its friends.
 */
export function checkPpm({ track, held, isDear }: Standing): number {
  if (track < leastTrack || held < 2) return millionth
  const byTrack = Math.ceil(millionth / track)
  const byStake = Math.ceil((3 * millionth) / (2 * held))
  return Math.min(millionth, Math.max(byTrack, byStake, isDear ? dearFloorPpm : floorPpm))
}

/** An exact share. */
export type Share = { readonly part: bigint; readonly of: bigint }

/** In a million, rounded up: what is said of a danger is never less than it is. */
export const toPpm = ({ part, of }: Share): number => Number((part * BigInt(millionth) + of - 1n) / of)

/** Liars among all who may be asked. */
export type Crowd = { readonly liars: number; readonly providers: number }

/**
 * RD3: how often k of n equal answers are wrong where all liars tell the same: the answers are n of the crowd, each once, in any order, and the
 * first k equal ones end the task, so that of more than 2k − 1 copies the rest does not count.
 */
export function wrongAccepted({ quorum, copies }: { quorum: number; copies: number }, crowd: Crowd): Share {
  const counted = Math.min(copies, 2 * quorum - 1, crowd.providers)
  const honest = crowd.providers - crowd.liars
  let part = 0n
  for (let liars = quorum; liars <= counted; liars++)
    part += chosen(crowd.liars, liars) * chosen(honest, counted - liars)
  return { part, of: chosen(crowd.providers, counted) }
}

/** RD4: the same where each liar tells something else: two wrong answers are never equal. */
export function wrongAcceptedAlone({ quorum }: { quorum: number }, crowd: Crowd): Share {
  return quorum > 1 ? { part: 0n, of: 1n } : { part: BigInt(crowd.liars), of: BigInt(crowd.providers) }
}

/** Ways to choose k of n. */
function chosen(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n
  let ways = 1n
  for (let i = 1; i <= k; i++) ways = (ways * BigInt(n - k + i)) / BigInt(i)
  return ways
}
