import type { Role } from '../guild/messages.ts'
import type { Word } from '../guild/presence.ts'
import type { Result } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'

/** Private rooms of a requestor and providers: see `src/guild/SPEC.md`. */
export type GuildsApi = {
  /** Opens a room for an hour, or for fewer minutes. */
  found(options: { readonly name: string; readonly minutes?: number }): Promise<Result<Cid>>
  /** Asks somebody to come, to whom its key is sealed. Whoever lends its machine comes as executor without being asked by a person. */
  invite(guild: Cid, who: Did, role?: Exclude<Role, 'creator'>): Promise<Result<void>>
  /** The answer to an invitation. */
  answer(guild: Cid, isAccepted: boolean): Promise<Result<void>>
  /** Sends somebody away: from then on what is said is under another key. */
  remove(guild: Cid, member: Did, reason?: string): Promise<Result<void>>
  /** Goes; with its creator a guild is over. */
  leave(guild: Cid, reason?: string): Promise<Result<void>>
  /** Says something to all of it, at most 2,000 characters. */
  say(guild: Cid, text: string): Promise<Result<void>>
  /** The newest first. */
  list(): readonly GuildView[]
}

export type GuildView = {
  readonly id: Cid
  readonly name: string
  readonly creator: Did
  readonly endsAt: Timestamp
  readonly isOver: boolean
  /** Ours, and whether we are in it. */
  readonly role: Role | undefined
  readonly state: 'asked' | 'in' | 'out'
  /** All of them where we founded it; else the creator, ourselves, whoever was heard, and whoever was sent away. */
  readonly members: readonly GuildMember[]
  readonly words: readonly Word[]
}
export type GuildMember = {
  readonly did: Did
  readonly role: Role
  readonly state: 'asked' | 'in' | 'out'
  /** Heard within the last 90 s. */
  readonly isHere: boolean
}
