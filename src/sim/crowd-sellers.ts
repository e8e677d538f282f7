import { type Rng, seeded } from '../kernel/rng.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import { drawnLiars } from './crowd-liars.ts'

export type Crowd = { readonly rng: Rng; readonly sellers: readonly Seller[] }

/** A provider of a crowd, and its purse. */
export type Seller = {
  readonly did: Did
  readonly activity: Cid
  readonly number: number
  readonly isLiar: boolean
  /** Owner; whoever has none is alone. */
  readonly owner: string | undefined
  readonly marks: readonly string[]
  readonly taskMs: number
  /** Consecutive valid results, by price class. */
  readonly tracks: Record<'cheap' | 'dear', number>
  /** Tasks done and not paid yet. */
  unpaid: number
  income: number
  spent: number
  /** What it would have in the end had it computed honestly all that it was given. */
  fair: number
  /** What it was paid without having computed it. */
  unearned: number
  unpaidLies: number
  isCaught: boolean
  /** Tasks that it has although their answer is known; to it they are like the others. */
  known: number[]
  /** Computed, and not handed over yet. */
  frame: { readonly index: number; readonly digest: string }[]
  /** Since when it waits for somebody to copy from. */
  waitsSince: number | undefined
}

/** @param owned the first so many liars belong to one owner */
export function createCrowd(setup: {
  readonly seed: number
  readonly providers: number
  readonly liars: number
  readonly track?: number
  readonly owned?: number
  /** All are as fast as each other, so that each is as likely to get a copy. */
  readonly isEven?: boolean
}): Crowd {
  const rng = seeded(setup.seed)
  const liars = drawnLiars(setup.providers, setup.liars, rng)
  let owned = setup.owned ?? 0
  const sellers = liars.map((isLiar, number): Seller => {
    const owner = isLiar && owned > 0 ? 'one owner' : undefined
    if (owner) owned -= 1
    return {
      did: `did:key:crowd-${number}` as Did,
      activity: `activity-${number}` as Cid,
      number,
      isLiar,
      owner,
      marks: owner ? [owner] : [],
      taskMs: setup.isEven ? 1_000 : 500 + rng.below(1_500),
      tracks: { cheap: setup.track ?? 0, dear: 0 },
      unpaid: 0,
      income: 0,
      spent: 0,
      fair: 0,
      unearned: 0,
      unpaidLies: 0,
      isCaught: false,
      known: [],
      frame: [],
      waitsSince: undefined,
    }
  })
  return { rng, sellers }
}
