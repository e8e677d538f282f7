import type { Facts } from '../../kernel/result.ts'

/** One line of the journal: what happened, in kebab case, and its facts. */
export type NetworkLog = (event: string, facts?: Facts) => void

/** What went wrong in words; a WebSocket rejects with an event instead of an error. */
export function reasonOf(error: unknown): string {
  const words = error instanceof Error ? error.message : (error as { message?: unknown } | undefined)?.message
  return String(words ?? error).slice(0, 200)
}
