import type { Job } from '../activity/job.ts'
import { evolveGuild, type Guild, isOverAt, lifeMs, mayExecute } from '../guild/guild.ts'
import {
  type GuildBody,
  GuildFounded,
  GuildLeft,
  GuildRekeyed,
  InvitationAnswered,
  MemberInvited,
} from '../guild/messages.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { after, minuteMs } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import { state } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
import type { Command } from './input.ts'
import type { NodeState } from './state.ts'
import { type Novelty, owe, say, type Turn, touch } from './turn.ts'

/** A guild, and our own words of it that somebody is to be brought. */
export type KnownGuild = { readonly guild: Guild; readonly outgoing: readonly Verified<GuildBody>[] }

/** GU7: rooms at a time, those that are over too until they are pushed out: a person keeps an eye on fewer. */
const mostGuilds = 32
/** Invitations from one peer that wait or are in use: more is a nuisance. */
const mostPerPeer = 8
/** GU1: by so much its creator's clock may be ahead of ours. */
const clockMs = 10 * minuteMs
/** Every member twice, and as many that went. */
const mostOutgoing = 256

export function foldGuild(turn: Turn, event: Verified<GuildBody>): Result<Novelty> {
  const { node, now } = turn
  const { body } = event
  const id = body.guild as Cid
  const known = node.guilds.get(id)
  if (known?.outgoing.some((one) => one.id === event.id) || known?.guild.keyed?.id === event.id) return ok('known')
  const admitted = mayTell(turn, known, body)
  if (!admitted.ok) return admitted
  const guild = known && {
    ...known.guild,
    isOver: !turn.isReplay && isOverAt(known.guild, now) ? true : known.guild.isOver,
  }
  const next = evolveGuild(guild, event, node.me)
  if (!next.ok) return next
  const isOutgoing = body.author === node.me && 'to' in body && body.to !== node.me
  const outgoing = [...(known?.outgoing ?? []), ...(isOutgoing ? [event] : [])].slice(-mostOutgoing)
  node.guilds.delete(id)
  node.guilds.set(id, { guild: next.value, outgoing })
  dropOldest(node)
  touch(turn, `guild:${id}`)
  return ok('new')
}

/** GU1, GU2: a guild is founded here by us alone, and we are in no more of one creator's than we can follow. */
function mayTell({ node, now, isReplay }: Turn, known: KnownGuild | undefined, body: GuildBody): Result<void> {
  const { author } = body
  if (body.type === 'guild/founded')
    return author === node.me ? ok(undefined) : refuse('not-taken-here', { type: body.type })
  if (author !== node.me && body.to !== node.me) return refuse('not-addressed', { to: body.to })
  if (known || author === node.me) return ok(undefined)
  if (!isReplay && body.type === 'guild/member-invited' && body.endsAt > after(now, lifeMs + clockMs))
    return refuse('guild-too-long', { endsAt: body.endsAt, mostMs: lifeMs })
  const theirs = [...node.guilds.values()].filter(({ guild }) => guild.creator === author && !isOverAt(guild, now))
  return theirs.length < mostPerPeer ? ok(undefined) : refuse('too-many-guilds', { most: mostPerPeer })
}

function dropOldest({ guilds }: NodeState): void {
  for (const id of guilds.keys()) {
    if (guilds.size <= mostGuilds) return
    guilds.delete(id)
  }
}

type GuildCommand = Extract<
  Command,
  { type: 'foundGuild' | 'inviteMember' | 'answerInvitation' | 'removeMember' | 'leaveGuild' }
>

export function obeyGuild(turn: Turn, command: GuildCommand): Result<Cid | undefined> {
  const { node, now } = turn
  if (command.type === 'foundGuild') {
    const { guild, nonce, name, endsAt } = command
    if (node.guilds.has(guild)) return refuse('guild-known', { guild })
    const running = [...node.guilds.values()].filter((one) => !isOverAt(one.guild, now)).length
    if (running >= mostGuilds) return refuse('too-many-guilds', { most: mostGuilds })
    return told(turn, state(GuildFounded, { guild, nonce, name, endsAt }))
  }
  const known = node.guilds.get(command.guild)?.guild
  if (!known || isOverAt(known, now)) return refuse(known ? 'guild-over' : 'guild-unknown', { guild: command.guild })
  const { id, creator, nonce, name, endsAt, epoch } = known
  const isOurs = creator === node.me
  switch (command.type) {
    case 'inviteMember': {
      if (!isOurs) return refuse('guild-not-yours', { author: node.me })
      const { to, role, key } = command
      return told(turn, state(MemberInvited, { to, guild: id, nonce, name, endsAt, role, epoch, key }))
    }
    case 'answerInvitation':
      return told(turn, state(InvitationAnswered, { to: creator, guild: id, isAccepted: command.isAccepted }))
    case 'removeMember': {
      if (!isOurs) return refuse('guild-not-yours', { author: node.me })
      const { member, reason, keys } = command
      const left = told(turn, state(GuildLeft, { to: member, guild: id, member, reason }))
      if (!left.ok) return left
      for (const { to, key } of keys)
        say(turn, state(GuildRekeyed, { to, guild: id, epoch: epoch + 1, key, removed: member }))
      return left
    }
    case 'leaveGuild': {
      if (!isOurs)
        return told(turn, state(GuildLeft, { to: creator, guild: id, member: node.me, reason: command.reason }))
      const others = [...known.members.values()].filter((one) => one.did !== node.me && one.state !== 'out')
      for (const { did } of others.slice(1))
        say(turn, state(GuildLeft, { to: did, guild: id, member: did, reason: command.reason }))
      const last = others[0]?.did ?? node.me
      return told(turn, state(GuildLeft, { to: last, guild: id, member: node.me, reason: command.reason }))
    }
  }
}

/** What a person wants is refused where the rules do, not asserted. */
function told(turn: Turn, wanted: Parameters<typeof say>[1]): Result<Cid | undefined> {
  const { kind, fields, prev } = wanted
  const event = kind.author({ author: turn.node.me, issuedAt: turn.now, prev }, fields) as Verified<AnyBody>
  const before = turn.node.guilds.get(fields['guild'] as Cid)?.guild
  const would = evolveGuild(before, event as unknown as Verified<GuildBody>, turn.node.me)
  return would.ok ? ok(say(turn, wanted).id) : would
}

/** What is owed for a guild: our words of it are brought to whom they are for, until it is over. */
export function reactGuild(turn: Turn, id: Cid): void {
  const { node, now } = turn
  const known = node.guilds.get(id)
  if (!known || now >= known.guild.endsAt) {
    turn.changed.add(`guild:${id}`)
    return
  }
  const { endsAt } = known.guild
  for (const event of known.outgoing)
    if ('to' in event.body) owe(turn, [{ type: 'deliver', to: event.body.to as Did, event, until: endsAt }])
  turn.effects.push({ type: 'wake', key: `guild:${id}`, at: endsAt })
}

/** GU8: a job of a guild asks nobody but its executors. */
export function isOutside(node: NodeState, { spec }: Job, provider: Did): boolean {
  const { guild } = spec.policy
  const known = guild && node.guilds.get(guild)?.guild
  return guild !== undefined && !(known && mayExecute(known, provider))
}
