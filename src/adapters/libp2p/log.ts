import type { Facts } from '../../kernel/result.ts'

/** One line of the journal: what happened, in kebab case, and its facts. */
export type NetworkLog = (event: string, facts?: Facts) => void

export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 200)
