import { setBounded } from '../kernel/bound.ts'
import { minuteMs, secondMs, type Timestamp } from '../kernel/time.ts'
import type { Did } from '../wire/schema.ts'
import { type Guild, isOverAt, type Member } from './guild.ts'
import { type InvitedBody, mostEpochs, mostMembers, type SaidBody } from './messages.ts'

/** GU5: ZeroState's heartbeat; who missed three is taken for away. */
export const heartbeatMs = 30 * secondMs
export const awayMs = 3 * heartbeatMs
/** GU6: faster nobody types; who does is not heard for the rest of the minute. */
export const mostWordsPerMinute = 30
/** GU2: fifty at a time, and as many as can have been sent away. */
const mostKnown = mostMembers + mostEpochs
/** Words kept to be read: an hour of a lively room. */
export const mostWords = 1_000

export type Word = { readonly by: Did; readonly at: Timestamp; readonly text: string }
export type SaidRefusal = 'guild-over' | 'not-a-member' | 'observers-listen' | 'word-repeated' | 'member-floods'

type Heard = { at: Timestamp; sequence: number; minute: number; inMinute: number }

/** What is heard in a guild, of this life of the tab: who is here, and what they said. */
export function createPresence() {
  const heard = new Map<Did, Heard>()
  const invited = new Map<Did, Member>()
  const words: Word[] = []

  return {
    words: (): readonly Word[] => words,
    /** Who was heard, as what its invitation says. */
    heard: (): readonly Member[] => [...heard.keys()].flatMap((did) => invited.get(did) ?? []),
    /** Whether this author's place in the guild has still to be shown. */
    isUnknown: ({ members }: Guild, did: Did): boolean => !members.has(did) && !invited.has(did),
    /** GU6: who is not known shows the creator's word; the creator invites no more than there may be. */
    admit(guild: Guild, { author, guild: id, to: did, role }: InvitedBody): void {
      if (author === guild.creator && id === guild.id) setBounded(invited, did, { did, role, state: 'in' }, mostKnown)
    },
    isHere(did: Did, now: Timestamp): boolean {
      const known = heard.get(did)
      return known !== undefined && now < known.at + awayMs
    },
    /**
     * GU6: takes what a member said; its creator knows all of them, the others those who have shown their invitation.
     * @returns why not, where it is not taken
     */
    said(guild: Guild, { author, sequence, kind, text }: SaidBody, now: Timestamp): SaidRefusal | undefined {
      if (isOverAt(guild, now)) return 'guild-over'
      const member = guild.members.get(author) ?? invited.get(author)
      if (!member || member.state === 'out') return 'not-a-member'
      if (kind === 'text' && member.role === 'observer') return 'observers-listen'
      const known = heard.get(author)
      if (known && sequence <= known.sequence) return 'word-repeated'
      const minute = Math.floor(now / minuteMs)
      const inMinute = known?.minute === minute ? known.inMinute + 1 : 1
      setBounded(heard, author, { at: now, sequence, minute, inMinute }, mostKnown)
      if (inMinute > mostWordsPerMinute) return 'member-floods'
      if (kind === 'text' && text) words.push({ by: author, at: now, text })
      if (words.length > mostWords) words.shift()
      return undefined
    },
  }
}
export type Presence = ReturnType<typeof createPresence>
