/** How sure the requestor wants to be of each result: what a job's policy says. */
export type Redundancy =
  | { readonly mode: 'once' }
  | { readonly mode: 'adaptive' }
  | { readonly mode: 'quorum'; readonly quorum: number; readonly copies: number }
  | { readonly mode: 'witnessed'; readonly witnesses: number; readonly samplePermille: number }
  | { readonly mode: 'confidence'; readonly faultPpm: number }

/** CO1: copies of a task that one could take from another. By default the requestor alone sees results. */
export const isCommitted = ({ mode }: Redundancy): boolean =>
  mode === 'quorum' || mode === 'witnessed' || mode === 'confidence'

export const millionth = 1_000_000
/** RD1: consecutive valid results before a provider is believed anything alone. */
export const leastTrack = 10
/** RD2: a task is checked so often however long the track is; and where it is dear. */
export const floorPpm = 50_000
export const dearFloorPpm = 100_000

/**
 * CK3: once two have contradicted each other, one side must have this many more than the other: of 10 providers 3 of whom tell the same lie, an
 * honest one then loses 7 of 100 disputes, and with one more than the other it would lose 30.
 */
export const leadInDispute = 3
/** CK6: a task is given to no more than these, as many as a policy may ask for at once. */
export const mostInDispute = 16

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

/** KN2: beside one in so many of its checks a provider is given a task whose answer is known. */
const checksPerKnown = 5
/** KN2: how often in a million tasks, of one that is checked so often. Whoever is compared in every task is asked nothing more. */
export const knownPpm = (ppm: number): number => (ppm < millionth ? Math.ceil(ppm / checksPerKnown) : 0)

/** An exact share. */
export type Share = { readonly part: bigint; readonly of: bigint }

/** In a million, rounded up: what is said of a danger is never less than it is. */
export const toPpm = ({ part, of }: Share): number => Number((part * BigInt(millionth) + of - 1n) / of)

/** Liars among all who may be asked. */
export type Crowd = { readonly liars: number; readonly providers: number }

/**
 * RD3: how often k of n equal answers are wrong where all liars tell the same: counted over all orders in which the crowd may answer. The first k
 * equal answers among n end the task; where n do not bring them, one side must lead by three, as in any dispute.
 */
export function wrongAccepted(rule: { quorum: number; copies: number }, { liars, providers }: Crowd): Share {
  const most = Math.min(providers, Math.max(rule.copies, mostInDispute))
  const honest = providers - liars
  /** Orders of the answers so far that ended nothing, by how many of them are lies. */
  let open = [1n]
  let wrong = 0n
  let all = 1n
  for (let asked = 0; asked < most; asked++) {
    // A dispute goes to whoever comes first of many that wait: who has answered it is hardly missed among them.
    const isOnceEach = asked < rule.copies
    const next = new Array<bigint>(asked + 2).fill(0n)
    for (const [lies, orders] of open.entries()) {
      const [others, truths] = [liars - lies, honest - (asked - lies)]
      next[lies]! += orders * BigInt(truths <= 0 || isOnceEach ? truths : honest)
      next[lies + 1]! += orders * BigInt(others <= 0 || isOnceEach ? others : liars)
    }
    const left = BigInt(isOnceEach ? providers - asked : providers)
    wrong *= left
    all *= left
    for (const lies of next.keys()) {
      const side = endedBy({ ...rule, most }, { lies, truths: asked + 1 - lies })
      if (side === 'lies') wrong += next[lies]!
      if (side !== undefined) next[lies] = 0n
    }
    open = next
  }
  return { part: wrong, of: all }
}

function endedBy(
  { quorum, copies, most }: { quorum: number; copies: number; most: number },
  { lies, truths }: { lies: number; truths: number },
): 'lies' | 'truths' | undefined {
  const answers = lies + truths
  // As in any dispute, the larger side has it when nobody else is asked.
  const least = answers <= copies || answers === most ? 1 : leadInDispute
  if (lies >= quorum && lies - truths >= least) return 'lies'
  if (truths >= quorum && truths - lies >= least) return 'truths'
  return undefined
}

/** RD4: the same where each liar tells something else: two wrong answers are never equal. */
export function wrongAcceptedAlone({ quorum }: { quorum: number }, crowd: Crowd): Share {
  return quorum > 1 ? { part: 0n, of: 1n } : { part: BigInt(crowd.liars), of: BigInt(crowd.providers) }
}
