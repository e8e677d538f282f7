import type { Policy } from './choose.ts'

/** The four usual wishes, by name (ICN's profiles of service). */
export const presetNames = ['best-effort', 'low-latency', 'low-cost', 'guaranteed'] as const
export type PresetName = (typeof presetNames)[number]

/** SL4: a policy by name; whatever somebody says beside the name counts instead. */
export type Preset = Pick<
  Policy,
  | 'selection'
  | 'priceWeightPermille'
  | 'reputationWeightPermille'
  | 'minReputationPermille'
  | 'loadPoints'
  | 'distancePoints'
> & {
  /** How its results are checked. */
  readonly redundancy: 'adaptive' | { readonly quorum: number; readonly of: number }
}

/** Points of a thousand that full load and a distance of half a second cost where nothing else is wished for. */
const usual = { loadPoints: 100, distancePoints: 50 }
/** ICN's default weights. */
const hybrid = { selection: 'hybrid', priceWeightPermille: 300, reputationWeightPermille: 700 } as const

export const presets: Readonly<Record<PresetName, Preset>> = {
  'best-effort': { ...hybrid, ...usual, minReputationPermille: 0, redundancy: 'adaptive' },
  /** Who is near and idle goes first; price and reputation together weigh as much as either. */
  'low-latency': {
    selection: 'hybrid',
    priceWeightPermille: 200,
    reputationWeightPermille: 300,
    minReputationPermille: 0,
    loadPoints: 500,
    distancePoints: 500,
    redundancy: 'adaptive',
  },
  'low-cost': {
    selection: 'lowest-price',
    priceWeightPermille: 1_000,
    reputationWeightPermille: 0,
    minReputationPermille: 0,
    loadPoints: 0,
    distancePoints: 0,
    redundancy: 'adaptive',
  },
  /** Nobody with a bad name, newcomers behind whoever is known, and two of three have to agree. */
  guaranteed: {
    selection: 'reputation',
    priceWeightPermille: 0,
    reputationWeightPermille: 1_000,
    minReputationPermille: 400,
    ...usual,
    redundancy: { quorum: 2, of: 3 },
  },
}
export const usualPreset: PresetName = 'best-effort'
