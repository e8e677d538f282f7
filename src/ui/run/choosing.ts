import type { SubmitRequest } from '../../sdk/api.ts'

type Policy = NonNullable<SubmitRequest['policy']>
export type Strategy = NonNullable<Policy['strategy']>
export const strategies: readonly Strategy[] = ['hybrid', 'lowest-price', 'reputation']

/** Who is taken, as it was typed; empty: as the preset has it. */
export type Choosing = {
  readonly strategy: Strategy | ''
  /** Of a hundred each, of a hybrid choice. */
  readonly nameWeight: string
  readonly priceWeight: string
  /** Of a hundred. */
  readonly leastScore: string
  /** Names, between commas. */
  readonly regions: string
}

export const usualChoosing: Choosing = { strategy: '', nameWeight: '', priceWeight: '', leastScore: '', regions: '' }

/** As long and as many as a job may name. */
const mostRegionLength = 32
const mostRegions = 32

export type ChoosingAsked =
  | { readonly kind: 'asked'; readonly policy: Pick<Policy, 'strategy' | 'weights' | 'minReputation' | 'regions'> }
  | { readonly kind: 'lacking'; readonly words: string }

/** Thousandths of a number from 0 to 100; undefined where nothing, 'wrong' where something else was typed. */
function permille(typed: string): number | undefined | 'wrong' {
  const text = typed.trim()
  if (text === '') return undefined
  return /^\d{1,3}$/.test(text) && Number(text) <= 100 ? Number(text) * 10 : 'wrong'
}

export const regionsIn = (typed: string): readonly string[] =>
  typed.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]))

export function choosingAsked({ strategy, nameWeight, priceWeight, leastScore, regions }: Choosing): ChoosingAsked {
  const [reputation, price, minReputation] = [permille(nameWeight), permille(priceWeight), permille(leastScore)]
  if (reputation === 'wrong' || price === 'wrong' || minReputation === 'wrong')
    return { kind: 'lacking', words: 'Weights and scores are whole numbers from 0 to 100.' }
  const named = regionsIn(regions)
  if (named.length > mostRegions || named.some((one) => one.length > mostRegionLength))
    return { kind: 'lacking', words: `At most ${mostRegions} regions, of ${mostRegionLength} characters each.` }
  const weights = {
    ...(reputation !== undefined && { reputation }),
    ...(price !== undefined && { price }),
  }
  return {
    kind: 'asked',
    policy: {
      ...(strategy !== '' && { strategy }),
      ...(Object.keys(weights).length > 0 && { weights }),
      ...(minReputation !== undefined && { minReputation }),
      ...(named.length > 0 && { regions: named }),
    },
  }
}
