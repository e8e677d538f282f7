import { jobId } from '../activity/job.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { after, hourMs, type Timestamp } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { GuildBody, InvitedBody, RekeyedBody, Role } from './messages.ts'
import { mostMembers } from './messages.ts'

/** GU1: a room for one job does not outlive it by much. */
export const lifeMs = hourMs

/** What is known of somebody in it. `asked` was invited and has not answered. */
export type Member = { readonly did: Did; readonly role: Role; readonly state: 'asked' | 'in' | 'out' }

/** A private room of a requestor and providers, as one of them sees it. The creator knows all members, the others themselves. */
export type Guild = {
  readonly id: Cid
  readonly creator: Did
  /** By which its creator named it. */
  readonly nonce: Uint8Array
  readonly name: string
  readonly endsAt: Timestamp
  readonly epoch: number
  readonly members: ReadonlyMap<Did, Member>
  /** Of a member: the creator's word that it is one. */
  readonly invitation?: Cid | undefined
  /** Of a member: what brings the key of the epoch. */
  readonly keyed?: Verified<InvitedBody | RekeyedBody> | undefined
  readonly isOver: boolean
}

export type GuildRefusal =
  | 'guild-known'
  | 'guild-unknown'
  | 'guild-misnamed'
  | 'guild-over'
  | 'guild-too-long'
  | 'guild-full'
  | 'guild-not-yours'
  | 'member-known'
  | 'member-unknown'
  | 'guild-epoch-out-of-order'

/** Folds one fact of a guild, seen by `me`; a refused one changes nothing. */
export function evolveGuild(
  guild: Guild | undefined,
  event: Verified<GuildBody>,
  me: Did,
): Result<Guild, GuildRefusal> {
  const { body } = event
  if (body.type === 'guild/founded') return guild ? refuse('guild-known') : founded(body, body.author)
  if (body.type === 'guild/member-invited' && body.to === me) return asked(guild, event as Verified<InvitedBody>, me)
  if (!guild) return refuse('guild-unknown', { guild: body.guild })
  if (guild.isOver) return refuse('guild-over', { guild: guild.id })
  switch (body.type) {
    case 'guild/member-invited':
      return invites(guild, body)
    case 'guild/invitation-answered':
      return answers(guild, body.author, body.isAccepted)
    case 'guild/rekeyed':
      return rekeyed(guild, event as Verified<RekeyedBody>, me)
    case 'guild/left':
      return leaves(guild, body.author, body.member)
  }
}

type Told = { guild: Cid; nonce: Uint8Array; name: string; endsAt: Timestamp; issuedAt: Timestamp }

/** GU1: its name follows from its creator, and it ends within an hour. */
function founded({ guild: id, nonce, name, endsAt, issuedAt }: Told, creator: Did): Result<Guild, GuildRefusal> {
  if (id !== jobId(creator, nonce)) return refuse('guild-misnamed', { guild: id })
  if (endsAt > after(issuedAt, lifeMs)) return refuse('guild-too-long', { endsAt, mostMs: lifeMs })
  const members = new Map<Did, Member>([[creator, { did: creator, role: 'creator', state: 'in' }]])
  return ok({ id, creator, nonce, name, endsAt, epoch: 0, members, isOver: false })
}

/** GU2: an invitation is for whoever it names, once. */
function asked(guild: Guild | undefined, event: Verified<InvitedBody>, me: Did): Result<Guild, GuildRefusal> {
  const { body } = event
  if (guild) return refuse('guild-known', { guild: guild.id })
  const made = founded({ ...body, guild: body.guild as Cid }, body.author)
  if (!made.ok) return made
  return ok({
    ...withMember(made.value, { did: me, role: body.role, state: 'asked' }),
    epoch: body.epoch,
    invitation: event.id,
    keyed: event,
  })
}

function invites(guild: Guild, { author, to, role, epoch }: InvitedBody): Result<Guild, GuildRefusal> {
  if (author !== guild.creator) return refuse('guild-not-yours', { author })
  if (guild.members.has(to)) return refuse('member-known', { member: to })
  const present = [...guild.members.values()].filter(({ state }) => state !== 'out').length
  if (present >= mostMembers) return refuse('guild-full', { most: mostMembers })
  if (epoch !== guild.epoch) return refuse('guild-epoch-out-of-order', { epoch, now: guild.epoch })
  return ok(withMember(guild, { did: to, role, state: 'asked' }))
}

/** GU3: only who was asked answers, once. */
function answers(guild: Guild, author: Did, isAccepted: boolean): Result<Guild, GuildRefusal> {
  const known = guild.members.get(author)
  if (known?.state !== 'asked') return refuse('member-unknown', { member: author })
  return ok(withMember(guild, { ...known, state: isAccepted ? 'in' : 'out' }))
}

/** GU4: each epoch has its key, in order; the creator's own word goes by its own event. */
function rekeyed(guild: Guild, event: Verified<RekeyedBody>, me: Did): Result<Guild, GuildRefusal> {
  const { author, epoch, to, removed } = event.body
  if (author !== guild.creator) return refuse('guild-not-yours', { author })
  if (to !== me) {
    const isNext = epoch === guild.epoch || epoch === guild.epoch + 1
    return isNext
      ? ok({ ...out(guild, removed as Did), epoch })
      : refuse('guild-epoch-out-of-order', { epoch, now: guild.epoch })
  }
  if (epoch <= guild.epoch) return refuse('guild-epoch-out-of-order', { epoch, now: guild.epoch })
  return ok({ ...out(guild, removed as Did), epoch, keyed: event })
}

/** GU4: the creator sends anybody away; anybody else goes alone. With the creator it is over. */
function leaves(guild: Guild, author: Did, member: Did): Result<Guild, GuildRefusal> {
  if (author !== guild.creator && author !== member) return refuse('guild-not-yours', { author })
  if (member === guild.creator) return ok({ ...guild, isOver: true })
  return guild.members.has(member) ? ok(out(guild, member)) : refuse('member-unknown', { member })
}

const withMember = (guild: Guild, member: Member): Guild => ({
  ...guild,
  members: new Map(guild.members).set(member.did, member),
})
/** Whoever is not known, a member knows from then on as one who was sent away. */
const out = (guild: Guild, did: Did): Guild =>
  withMember(guild, { ...(guild.members.get(did) ?? { did, role: 'member' }), state: 'out' })

/** GU7: past its time, or dissolved, nothing of it is taken any more. */
export const isOverAt = ({ isOver, endsAt }: Guild, now: Timestamp): boolean => isOver || now >= endsAt

/** GU8: who computes for its jobs. */
export const mayExecute = ({ members }: Guild, did: Did): boolean => {
  const member = members.get(did)
  return member?.state === 'in' && member.role === 'executor'
}
