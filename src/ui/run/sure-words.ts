import type { PresetName } from '../../market/presets.ts'
import type { CheckEstimate } from '../../sdk/api-checking.ts'
import { counted, share, whole } from '../parts/format.ts'
import type { Strategy } from './choosing.ts'
import type { How } from './sureness.ts'
import type { Here } from './WhereItRuns.tsx'

export const howNames: Record<How, string> = {
  adaptive: 'Checked as needed',
  once: 'Computed once',
  quorum: 'Several agree',
  witnessed: 'Witnessed',
  confidence: 'A confidence',
}

export const howWords: Record<How, string> = {
  adaptive: 'A tab that is not known to be right is checked by another: always at first, then ever less often.',
  once: 'One tab computes each task and is believed.',
  quorum: 'Each task goes to several tabs. It is done when so many of them give the same answer.',
  witnessed: 'Others compute a sixteenth of each tab’s tasks again.',
  confidence: 'Each task goes to as many tabs as it takes to be so sure of its answer.',
}

export const presetTexts: Record<PresetName, { readonly name: string; readonly words: string }> = {
  'best-effort': { name: 'Best effort', words: 'A good name counts more than a low price.' },
  'low-latency': { name: 'Low latency', words: 'Tabs that are near and idle go first.' },
  'low-cost': { name: 'Low cost', words: 'The lowest price goes first, whatever else.' },
  guaranteed: { name: 'Guaranteed', words: 'Nobody with a bad name, and two of three have to agree.' },
}

export const strategyNames: Record<Strategy, string> = {
  hybrid: 'Name and price, weighed',
  'lowest-price': 'The lowest price',
  reputation: 'The best name',
}

/** Why answers to this job cannot be compared, in a sentence; undefined where they can. */
export function whyNotCompared(
  { isInteractive, runtime }: { readonly isInteractive: boolean; readonly runtime: string | undefined },
  here: Here,
): string | undefined {
  if (here === 'only') return 'This tab computes all of it, so there is nobody to compare it with.'
  if (isInteractive) return 'You type into it, and no two people type alike: each task is computed once.'
  if (runtime === 'component') return 'A component asks its own tab for time and chance: each task is computed once.'
  return undefined
}

/** What a choice costs and gives. */
export function costWords({ copies, confidence, best, providers }: CheckEstimate, how: How): string {
  if (best !== undefined && providers > 0)
    return `Out of reach: the ${counted(providers, 'provider')} in sight can give ${share(best)} at best.`
  const each = `About ${copiesOf(copies)} of each task.`
  if (how === 'once') return `${each} Nobody checks it.`
  if (providers === 0) return 'Nobody in sight can take it: what it costs shows when somebody can.'
  if (providers < 2) return `${each} Until a second provider comes, results are marked as unverified.`
  if (how === 'witnessed') return `${each} No share of right results can be promised by a sample.`
  if (confidence === undefined) return `${each} Fewer providers are in sight than have to agree.`
  if (how === 'confidence') return `${each} At least ${share(confidence)} of the results are right.`
  const liars = Math.floor(providers / 3)
  if (liars === 0) return `${each} Of fewer than three providers no more can be said.`
  const whoLies = `${whole(liars)} of the ${whole(providers)} providers ${liars === 1 ? 'lies' : 'lie, all alike'}`
  const right = confidence === 1 ? 'all results' : `at least ${share(confidence)} of the results`
  return `${each} If ${whoLies}, ${right} are right.`
}

const copiesOf = (copies: number): string => {
  const rounded = Math.round(copies * 100) / 100
  return rounded === 1 ? '1 copy' : `${rounded} copies`
}
