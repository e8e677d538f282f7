import { mostOfConfidence } from './consensus.ts'
import { checkPpm, knownPpm, millionth, type Redundancy, toPpm, wrongAccepted } from './redundancy.ts'
import { bestFaultPpm, moreNeeded, weightOf } from './weights.ts'

/** The providers that a job may have, one of each owner and address range, by their tracks. */
export type InSight = { readonly tracks: readonly number[]; readonly tasks: number; readonly isDear?: boolean }

/** What a policy costs and gives, as far as can be told before it starts. */
export type Estimate = {
  /** Copies computed for a thousand tasks. */
  readonly copiesPermille: number
  /** So many in a million results are wrong at most, if no more than a third of the providers lie, all in the same way. */
  readonly faultPpm?: number
  /** The confidence asked for is out of reach: this is the best fault. */
  readonly bestFaultPpm?: number
}

/** Behind so many tasks a provider is looked at as often as ever. */
const mostSteps = 1_000

/** RD5: what the page says before a job starts. */
export function estimateOf(policy: Redundancy, inSight: InSight): Estimate {
  const { tracks } = inSight
  switch (policy.mode) {
    case 'once':
      return { copiesPermille: 1_000 }
    case 'witnessed':
      return { copiesPermille: 1_000 + policy.witnesses * policy.samplePermille }
    case 'adaptive':
      return adaptive(inSight)
    case 'quorum': {
      const crowd = { liars: Math.floor(tracks.length / 3), providers: tracks.length }
      const isPossible = tracks.length >= policy.quorum
      return {
        copiesPermille: 1_000 * Math.max(1, Math.min(policy.copies, tracks.length)),
        ...(isPossible && { faultPpm: toPpm(wrongAccepted(policy, crowd)) }),
      }
    }
    case 'confidence':
      return confident(policy.faultPpm, tracks)
  }
}

function confident(faultPpm: number, tracks: readonly number[]): Estimate {
  const best = bestFaultPpm(tracks, mostOfConfidence)
  if (best > faultPpm) return { copiesPermille: 1_000 * tracks.length, bestFaultPpm: best }
  const weights = tracks.map(weightOf)
  const usual = Math.floor(weights.reduce((sum, one) => sum + one, 0) / weights.length)
  return { copiesPermille: 1_000 * moreNeeded({ odds: 1n, others: 0n }, usual, faultPpm), faultPpm }
}

/**
 * Of those who lie as often as serves them best, one in n checks leaves 1/(n · e) of wrong results (Sarmenta 2002). Two thirds of the checks are
 * honest, a third of the providers lies, and the first results are the worst: one in four of as many as each is checked is above all that.
 */
function adaptive(inSight: InSight): Estimate {
  const { tracks, tasks } = inSight
  if (tracks.length < 2) return { copiesPermille: 1_000 }
  const { checkedPermille, knownPermille } = adaptiveCopies(inSight)
  const checks = (checkedPermille * Math.max(1, tasks / tracks.length)) / 1_000
  return {
    copiesPermille: 1_000 + checkedPermille + knownPermille,
    faultPpm: Math.ceil(Math.min(millionth / 3, millionth / (4 * checks))),
  }
}

/**
 * Honest providers: each does its part of the tasks, is looked at as often as the rule says, and its track grows with every check. Where the
 * program cannot see its place in its job, tasks whose answer is known are among them: they cost as much, and are not counted on.
 */
function adaptiveCopies({ tracks, tasks, isDear = false }: InSight) {
  const each = Math.max(1, Math.min(mostSteps, Math.ceil(tasks / tracks.length)))
  const sumsOf = (start: number) => {
    let [checked, known] = [0, 0]
    for (let held = 0; held < each; held++) {
      const ppm = checkPpm({ track: start + Math.floor(checked / millionth), held: Math.min(held, 60), isDear })
      checked += ppm
      known += knownPpm(ppm)
    }
    return { checked, known }
  }
  const seen = new Map<number, ReturnType<typeof sumsOf>>()
  let [checked, known] = [0, 0]
  for (const track of tracks) {
    const sums = seen.get(track) ?? sumsOf(track)
    seen.set(track, sums)
    checked += sums.checked
    known += sums.known
  }
  const all = tracks.length * each * 1_000
  return { checkedPermille: Math.ceil(checked / all), knownPermille: Math.ceil(known / all) }
}
