import type { GuildView } from '../../sdk/api-guilds.ts'

export const roleWords = {
  creator: 'opened it',
  member: 'takes part',
  executor: 'computes',
  observer: 'listens',
} as const

/** What somebody is in it, and for how long it is. */
export function stateWords({ isOver, state, role }: Pick<GuildView, 'isOver' | 'state' | 'role'>): string {
  if (isOver) return 'over'
  if (state === 'asked') return 'you are asked'
  return state === 'out' || role === undefined ? 'left' : role === 'creator' ? 'yours' : `you: ${roleWords[role]}`
}
