import { describe, expect, it } from 'vitest'
import { jobId } from '../activity/job.ts'
import { timestamp } from '../kernel/time.ts'
import { aDid, provider, requestor } from '../market/market.examples.ts'
import type { FieldsOf, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { evolveGuild, type Guild, isOverAt, lifeMs, mayExecute } from './guild.ts'
import {
  type GuildBody,
  GuildFounded,
  GuildLeft,
  GuildRekeyed,
  GuildSaid,
  InvitationAnswered,
  MemberInvited,
  mostMembers,
} from './messages.ts'
import { awayMs, createPresence, heartbeatMs, mostWordsPerMinute } from './presence.ts'

const creator = requestor
const nonce = new Uint8Array(16).fill(7)
const id = jobId(creator, nonce)
const endsAt = timestamp(1_000 + lifeMs)
const from = (author: Did, ms = 1_000) => ({ author, issuedAt: timestamp(ms) })
const key = new Uint8Array(60)

const founding = (told: Partial<FieldsOf<typeof GuildFounded>> = {}) =>
  GuildFounded.author(from(creator), { guild: id, nonce, name: 'harvest', endsAt, ...told })
const invitation = (to: Did, told: Partial<FieldsOf<typeof MemberInvited>> & { author?: Did } = {}) => {
  const { author = creator, ...more } = told
  const fields = { to, guild: id, nonce, name: 'harvest', endsAt, role: 'executor' as const, epoch: 0, key, ...more }
  return MemberInvited.author(from(author), fields)
}
const answer = (author: Did, isAccepted = true) =>
  InvitationAnswered.author(from(author), { to: creator, guild: id, isAccepted })
const rekey = (to: Did, epoch: number, removed: Did, author = creator) =>
  GuildRekeyed.author(from(author), { to, guild: id, epoch, key, removed })
const leave = (author: Did, member: Did) =>
  GuildLeft.author(from(author), { to: creator, guild: id, member, reason: '' })

const folded = (me: Did, ...all: readonly Verified<GuildBody>[]) => {
  let guild: Guild | undefined
  let refused: string | undefined
  for (const event of all) {
    const next = evolveGuild(guild, event, me)
    if (next.ok) guild = next.value
    else refused = next.code
  }
  return { guild: guild!, refused }
}
const states = ({ members }: Guild) => Object.fromEntries([...members.values()].map(({ role, state }) => [role, state]))

describe('a guild', () => {
  it('[GU1] is named by its creator, and lives an hour at most', () => {
    expect(folded(creator, founding()).guild).toMatchObject({ id, creator, name: 'harvest', epoch: 0 })
    expect(folded(creator, founding({ nonce: new Uint8Array(16) })).refused).toBe('guild-misnamed')
    expect(folded(creator, founding({ endsAt: timestamp(endsAt + 1) })).refused).toBe('guild-too-long')
    expect(folded(provider, invitation(provider, { author: provider })).refused).toBe('guild-misnamed')
  })

  it('[GU2] [GU3] takes in who was invited and says yes, alike on both sides', () => {
    const here = folded(creator, founding(), invitation(provider), answer(provider)).guild
    const there = folded(provider, invitation(provider), answer(provider)).guild
    expect([states(here), states(there)]).toEqual([
      { creator: 'in', executor: 'in' },
      { creator: 'in', executor: 'in' },
    ])
    expect([mayExecute(here, provider), mayExecute(here, creator)]).toEqual([true, false])
    const refusing = folded(creator, founding(), invitation(provider), answer(provider, false)).guild
    expect([states(refusing)['executor'], mayExecute(refusing, provider)]).toEqual(['out', false])
  })

  it('[GU2] [GU3] is joined by nobody else', () => {
    const stranger = aDid('S')
    expect(folded(creator, founding(), answer(stranger)).refused).toBe('member-unknown')
    expect(folded(creator, founding(), invitation(stranger, { author: provider })).refused).toBe('guild-not-yours')
    expect(folded(creator, founding(), invitation(provider), invitation(provider)).refused).toBe('member-known')
    expect(folded(creator, founding(), invitation(provider), answer(provider), answer(provider)).refused).toBe(
      'member-unknown',
    )
  })

  it('[GU2] has fifty members at most', () => {
    const others = Array.from({ length: mostMembers }, (_, n) => `${provider.slice(0, -2)}${10 + n}` as Did)
    const all = others.map((one) => invitation(one))
    const { guild, refused } = folded(creator, founding(), ...all)
    expect([guild.members.size, refused]).toEqual([mostMembers, 'guild-full'])
  })

  it('[GU4] has a new key when somebody is sent away, in order and from the creator alone', () => {
    const sent = aDid('S')
    const before = [invitation(provider), answer(provider)]
    const { guild } = folded(provider, ...before, rekey(provider, 1, sent))
    expect(guild).toMatchObject({ epoch: 1, keyed: { body: { type: 'guild/rekeyed' } } })
    expect(folded(provider, ...before, rekey(provider, 0, sent)).refused).toBe('guild-epoch-out-of-order')
    expect(folded(provider, ...before, rekey(provider, 1, sent, provider)).refused).toBe('guild-not-yours')
    const here = folded(
      creator,
      founding(),
      invitation(sent),
      answer(sent),
      leave(creator, sent),
      rekey(provider, 1, sent),
    )
    expect([states(here.guild)['executor'], here.guild.epoch]).toEqual(['out', 1])
  })

  it('[GU3] [GU7] is left by each for itself, and over with its creator or its hour', () => {
    const joined = [founding(), invitation(provider), answer(provider)]
    expect(states(folded(creator, ...joined, leave(provider, provider)).guild)).toMatchObject({ executor: 'out' })
    expect(folded(creator, ...joined, leave(provider, creator)).refused).toBe('guild-not-yours')
    const over = folded(creator, ...joined, leave(creator, creator), invitation(aDid('S')))
    expect([over.guild.isOver, over.refused]).toEqual([true, 'guild-over'])
    const { guild } = folded(creator, ...joined)
    expect([isOverAt(guild, timestamp(endsAt - 1)), isOverAt(guild, endsAt)]).toEqual([false, true])
  })
})

describe('what is said in a guild', () => {
  const guild = folded(creator, founding(), invitation(provider), answer(provider)).guild
  const word = (author: Did, sequence: number, text?: string) =>
    GuildSaid.author(from(author), { guild: id, sequence, kind: text ? 'text' : 'heartbeat', ...(text && { text }) })
      .body

  it('[GU5] tells who is here, until three heartbeats were missed', () => {
    const presence = createPresence()
    expect(presence.isHere(provider, timestamp(0))).toBe(false)
    presence.said(guild, word(provider, 1), timestamp(5_000))
    expect(presence.isHere(provider, timestamp(5_000 + 2 * heartbeatMs))).toBe(true)
    expect(presence.isHere(provider, timestamp(5_000 + awayMs))).toBe(false)
  })

  it('[GU6] is heard once, in order, and not of who was sent away', () => {
    const presence = createPresence()
    expect(presence.said(guild, word(provider, 2, 'hello'), timestamp(10))).toBeUndefined()
    expect(presence.said(guild, word(provider, 2, 'hello'), timestamp(11))).toBe('word-repeated')
    expect(presence.said(guild, word(provider, 1, 'earlier'), timestamp(12))).toBe('word-repeated')
    const without = folded(creator, founding(), invitation(provider), answer(provider), leave(creator, provider)).guild
    expect(presence.said(without, word(provider, 3, 'still here'), timestamp(13))).toBe('not-a-member')
    expect(presence.words()).toEqual([{ by: provider, at: 10, text: 'hello' }])
  })

  it('[GU6] is heard by members of whoever shows the creator’s invitation, and of nobody else who has the key', () => {
    const there = folded(provider, invitation(provider), answer(provider)).guild
    const [stranger, other] = [aDid('S'), aDid('T')]
    const presence = createPresence()
    expect(presence.said(there, word(stranger, 1, 'let me in'), timestamp(10))).toBe('not-a-member')
    presence.admit(there, invitation(stranger, { author: stranger }).body)
    presence.admit(there, invitation(stranger, { guild: jobId(stranger, nonce) }).body)
    presence.admit(there, invitation(other, { role: 'observer' }).body)
    expect(presence.said(there, word(stranger, 2, 'let me in'), timestamp(11))).toBe('not-a-member')
    expect(presence.said(there, word(other, 1), timestamp(12))).toBeUndefined()
    expect(presence.said(there, word(other, 2, 'psst'), timestamp(13))).toBe('observers-listen')
    expect(presence.heard()).toEqual([{ did: other, role: 'observer', state: 'in' }])
    expect(presence.isHere(creator, timestamp(14))).toBe(false)
  })

  it('[GU4] [GU6] is not heard of one who was sent away, whatever it shows', () => {
    const gone = aDid('S')
    const there = folded(provider, invitation(provider), answer(provider), rekey(provider, 1, gone)).guild
    const presence = createPresence()
    presence.admit(there, invitation(gone).body)
    expect(presence.said(there, word(gone, 1, 'still here'), timestamp(10))).toBe('not-a-member')
  })

  it('[GU6] is no text of an observer', () => {
    const observed = folded(creator, founding(), invitation(provider, { role: 'observer' }), answer(provider)).guild
    const presence = createPresence()
    expect(presence.said(observed, word(provider, 1), timestamp(10))).toBeUndefined()
    expect(presence.said(observed, word(provider, 2, 'psst'), timestamp(11))).toBe('observers-listen')
  })

  it('[GU6] is thirty words a minute of one member; what is more is dropped', () => {
    const presence = createPresence()
    for (let n = 1; n <= mostWordsPerMinute; n++)
      expect(presence.said(guild, word(provider, n, `${n}`), timestamp(60_000 + n))).toBeUndefined()
    expect(presence.said(guild, word(provider, 100, 'more'), timestamp(60_900))).toBe('member-floods')
    expect(presence.words()).toHaveLength(mostWordsPerMinute)
    expect(presence.said(guild, word(provider, 101, 'later'), timestamp(120_000))).toBeUndefined()
  })

  it('[GU7] is nothing any more when it is over', () => {
    expect(createPresence().said(guild, word(provider, 1), endsAt)).toBe('guild-over')
  })
})
