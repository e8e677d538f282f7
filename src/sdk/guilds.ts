import { hexToBytes } from '@noble/hashes/utils.js'
import { jobId } from '../activity/job.ts'
import { type Guild, isOverAt } from '../guild/guild.ts'
import {
  AskSealingKey,
  GuildSaid,
  GuildTalk,
  type InvitedBody,
  MemberInvited,
  mostTextLength,
  type SaidBody,
  type TalkMessage,
} from '../guild/messages.ts'
import { createPresence, heartbeatMs, type Presence } from '../guild/presence.ts'
import { peerIdOfDid } from '../identity/did.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { after, minuteMs } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import { decodeFrame, encode } from '../wire/codec.ts'
import type { Verdict } from '../wire/protocol.ts'
import { check, type Did } from '../wire/schema.ts'
import type { GuildMember, GuildsApi, GuildView } from './api-guilds.ts'
import { createGuildKeys, type GuildKey } from './guild-keys.ts'
import type { Parts } from './mesh.ts'
import type { Store } from './store.ts'

const usualMinutes = 60

export function createGuilds(parts: Parts, store: Store) {
  const { node, shell, network } = parts
  const keys = createGuildKeys(parts)
  const presences = new Map<Cid, Presence>()
  const lastSaid = new Map<Cid, number>()
  const answering = new Set<Cid>()
  let beating: ReturnType<typeof setInterval> | undefined

  const presenceOf = (guild: Cid): Presence => {
    const known = presences.get(guild) ?? createPresence()
    presences.set(guild, known)
    return known
  }
  const stateOf = ({ members }: Guild) => members.get(node.me)?.state ?? 'out'
  const talking = (): Guild[] =>
    [...node.guilds.values()].flatMap(({ guild }) =>
      !isOverAt(guild, parts.at()) && stateOf(guild) === 'in' ? [guild] : [],
    )

  async function command(wanted: Parameters<typeof shell.command>[0]): Promise<Result<void>> {
    const told = await shell.command(wanted)
    return told.ok ? ok(undefined) : told
  }

  /** From an offer, else asked of the peer itself: its connection proves whose key it is. */
  async function sealingKeyOf(who: Did): Promise<Uint8Array | undefined> {
    const offered = keys.offered(who)
    if (offered !== undefined) return hexToBytes(offered)
    const peer = peerIdOfDid(who)
    const bytes = peer && (await network.request(peer, AskSealingKey, encode({})).catch(() => undefined))
    const decoded = bytes && decodeFrame(bytes)
    const read = decoded?.ok ? check(AskSealingKey.response, decoded.value) : undefined
    return read?.ok ? read.value.key : undefined
  }

  /** GU6: signed inside of what is encrypted. */
  async function say(guild: Guild, kind: SaidBody['kind'], text?: string): Promise<Result<void>> {
    const key = await keys.of(guild)
    if (!key) return refuse('guild-key-missing', { guild: guild.id })
    const sequence = Math.max(parts.now(), (lastSaid.get(guild.id) ?? 0) + 1)
    lastSaid.set(guild.id, sequence)
    const invitation = await keys.invitationOf(guild)
    const fields = {
      guild: guild.id,
      sequence,
      kind,
      ...(invitation && { invitation }),
      ...(text !== undefined && { text }),
    }
    const event = GuildSaid.author({ author: node.me, issuedAt: parts.at() }, fields)
    presenceOf(guild.id).said(guild, event.body, parts.at())
    store.touch([`guild:${guild.id}`])
    const sealed = await keys.sealed(key, await shell.sealing.seal(event))
    await network.publish(GuildTalk, encode({ tag: key.tag, sealed })).catch(() => 0)
    return ok(undefined)
  }

  /** What can be opened is judged; the rest is somebody else's, and passed on as it is. */
  async function hear(message: Uint8Array): Promise<Verdict> {
    const decoded = decodeFrame(message)
    const read = decoded.ok ? check(GuildTalk.message, decoded.value) : decoded
    if (!read.ok) return 'reject'
    const { tag, sealed } = read.value as TalkMessage
    for (const guild of talking()) {
      const key = await keys.of(guild)
      if (key && equalBytes(key.tag, tag)) return take(guild, key, sealed)
    }
    return 'accept'
  }

  async function take(guild: Guild, key: GuildKey, sealed: Uint8Array): Promise<Verdict> {
    const envelope = await keys.opened(key, sealed)
    const event = envelope && (await shell.sealing.unseal(envelope))
    if (!event?.ok || event.value.body.type !== GuildSaid.type) return 'reject'
    const body = event.value.body as SaidBody
    if (body.guild !== guild.id) return 'reject'
    const presence = presenceOf(guild.id)
    if (body.invitation && guild.creator !== node.me && presence.isUnknown(guild, body.author)) {
      const shown = await shell.sealing.unseal(body.invitation)
      if (shown.ok && shown.value.body.type === MemberInvited.type)
        presence.admit(guild, shown.value.body as InvitedBody)
    }
    const isFirst = !presence.isHere(body.author, parts.at())
    const refused = presence.said(guild, body, parts.at())
    // Whoever comes hears at once who is here.
    if (isFirst && refused === undefined) void say(guild, 'heartbeat')
    store.touch([`guild:${guild.id}`])
    return refused === undefined ? 'accept' : 'ignore'
  }

  /** GU5: each half minute; and whoever lends its machine answers an executor's invitation by itself. */
  function beat(): void {
    for (const guild of talking()) void say(guild, 'heartbeat')
  }
  function look(): void {
    for (const { guild } of node.guilds.values()) {
      const { role, state } = guild.members.get(node.me) ?? {}
      const isOurs = state === 'asked' && role === 'executor' && node.plan !== undefined
      if (!isOurs || answering.has(guild.id) || isOverAt(guild, parts.at())) continue
      answering.add(guild.id)
      void api.answer(guild.id, true)
    }
    const isTalking = talking().length > 0
    if (isTalking && beating === undefined) {
      beating = setInterval(beat, heartbeatMs)
      beat()
    } else if (!isTalking) stop()
  }
  function stop(): void {
    clearInterval(beating)
    beating = undefined
  }

  const api: GuildsApi = {
    async found({ name, minutes = usualMinutes }) {
      const nonce = crypto.getRandomValues(new Uint8Array(16))
      const guild = jobId(node.me, nonce)
      const endsAt = after(parts.at(), Math.round(minutes * minuteMs))
      const founded = await command({ type: 'foundGuild', guild, nonce, name: name.slice(0, 64), endsAt })
      return founded.ok ? ok(guild) : founded
    },
    async invite(id, who, role = 'executor') {
      const known = node.guilds.get(id)?.guild
      if (!known) return refuse('guild-unknown', { guild: id })
      const theirs = await sealingKeyOf(who)
      const key = theirs && (await keys.keyFor(id, known.epoch, theirs))
      if (!key) return refuse('no-key-to-seal-to', { member: who })
      return command({ type: 'inviteMember', guild: id, to: who, role, key })
    },
    answer: (guild, isAccepted) => command({ type: 'answerInvitation', guild, isAccepted }),
    async remove(id, member, reason = '') {
      const known = node.guilds.get(id)?.guild
      if (!known) return refuse('guild-unknown', { guild: id })
      const stay = [...known.members.values()].filter(
        ({ did, state }) => did !== member && did !== node.me && state !== 'out',
      )
      const sealed = await Promise.all(
        stay.map(async ({ did }) => {
          const theirs = await sealingKeyOf(did)
          const key = theirs && (await keys.keyFor(id, known.epoch + 1, theirs))
          return key ? [{ to: did, key }] : []
        }),
      )
      return command({ type: 'removeMember', guild: id, member, reason: reason.slice(0, 128), keys: sealed.flat() })
    },
    leave(guild, reason = '') {
      return command({ type: 'leaveGuild', guild, reason: reason.slice(0, 128) })
    },
    async say(id, text) {
      const guild = talking().find((one) => one.id === id)
      if (!guild) return refuse(node.guilds.has(id) ? 'guild-over' : 'guild-unknown', { guild: id })
      if (guild.members.get(node.me)?.role === 'observer') return refuse('observers-listen', { guild: id })
      if (text.length > mostTextLength) return refuse('too-long', { length: text.length, most: mostTextLength })
      return say(guild, 'text', text)
    },
    list: store.cached(['guild'], () => [...node.guilds.values()].map(({ guild }) => viewOf(guild)).reverse()),
  }

  function viewOf(guild: Guild): GuildView {
    const presence = presenceOf(guild.id)
    const now = parts.at()
    const own = guild.members.get(node.me)
    const heard = presence.heard().filter(({ did }) => !guild.members.has(did))
    const members = [...guild.members.values(), ...heard].map(
      (one): GuildMember => ({ ...one, isHere: presence.isHere(one.did, now) }),
    )
    const { id, name, creator, endsAt } = guild
    const isOver = isOverAt(guild, now)
    return {
      id,
      name,
      creator,
      endsAt,
      isOver,
      role: own?.role,
      state: own?.state ?? 'out',
      members,
      words: [...presence.words()],
    }
  }

  return {
    api,
    hear,
    /** What others seal to. */
    async ownKey(): Promise<Uint8Array> {
      const own = await parts.sealingKey()
      return encode(own ? { key: own.publicKey } : {})
    },
    /** @returns what ends it */
    resume(): () => void {
      const unsubscribe = store.subscribe(look)
      look()
      return () => {
        unsubscribe()
        stop()
      }
    },
  }
}
