import type { Rng } from '../kernel/rng.ts'

/** How liars lie. Those who agree with each other tell the same lie of a task, the others each one of its own. */
export const lies = ['alone', 'together', 'after ten', 'when trusted', 'now and then', 'dear tasks', 'copying'] as const
export type Lying = (typeof lies)[number]

/**
 * How somebody copies, and what of others' answers it is shown: each as soon as it is given, or none before it has committed to its own. `waits`:
 * until there is something to copy. `swaps`: it commits to anything, and shows what the others did.
 */
export type Copier = { readonly sees: 'at once' | 'after commits'; readonly way: 'waits' | 'swaps' }

/** What a liar knows when it answers: the worst that could be. */
export type Moment = {
  readonly index: number
  readonly liar: number
  /** Its track, as the requestor keeps it. */
  readonly track: number
  readonly isDear: boolean
  /** What is revealed of answers to this task. */
  readonly revealed: readonly string[]
}

/** Of a liar that hides among its honest work: one task in so many, the same for all. */
const lieEvery = 20
/** A track from which on a provider weighs as much as any can. */
const trustedTrack = 24

export const rightAnswer = (index: number): string => `right ${index}`
export const isRight = (digest: string): boolean => digest.startsWith('right')

/** @returns what it says, and whether it has computed the task for it */
export function answerOf(
  lying: Lying,
  { index, liar, track, isDear, revealed }: Moment,
): { digest: string; isWorked: boolean } {
  const honest = { digest: rightAnswer(index), isWorked: true }
  const agreed = { digest: `wrong ${index}`, isWorked: false }
  switch (lying) {
    case 'alone':
      return { digest: `wrong ${index} ${liar}`, isWorked: false }
    case 'together':
      return agreed
    case 'after ten':
      return track < 10 ? honest : agreed
    case 'when trusted':
      return track < trustedTrack ? honest : agreed
    case 'now and then':
      return track < 10 || index % lieEvery !== 0 ? honest : agreed
    case 'dear tasks':
      return isDear ? agreed : honest
    case 'copying':
      return { digest: mostOf(revealed) ?? `wrong ${index} ${liar}`, isWorked: false }
  }
}

/** What most of them say. */
export function mostOf(answers: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const one of answers) counts.set(one, (counts.get(one) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}

/** Who of so many lies: `liars` of them, drawn. */
export function drawnLiars(providers: number, liars: number, rng: Rng): readonly boolean[] {
  const all = Array.from({ length: providers }, (_, i) => i < liars)
  for (let i = providers - 1; i > 0; i--) {
    const other = rng.below(i + 1)
    const kept = all[i]!
    all[i] = all[other]!
    all[other] = kept
  }
  return all
}
