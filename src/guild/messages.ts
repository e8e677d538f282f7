import { hourMs, minuteMs, secondMs } from '../kernel/time.ts'
import { type BodyOf, event } from '../wire/event.ts'
import { protocol, topic } from '../wire/protocol.ts'
import {
  bytes,
  cid,
  count,
  did,
  exactBytes,
  flag,
  type Infer,
  moment,
  object,
  oneOf,
  optional,
  text,
} from '../wire/schema.ts'

/** GU2: a room for one job: beyond, heartbeats alone are more than one message a second. */
export const mostMembers = 50
/** GU6: what is shorter than a page, and what somebody types in a minute. */
export const mostTextLength = 2_000
/** Times that the key is changed: once for each who is sent away. */
export const mostEpochs = 256
/** A sealed invitation. */
const mostInvitationBytes = 1_152

/** What somebody is in a guild: the creator decides, members take part, executors also compute, observers listen. */
export const invitedRoles = ['member', 'executor', 'observer'] as const
export type InvitedRole = (typeof invitedRoles)[number]
export type Role = InvitedRole | 'creator'

/** The key of an epoch, for one member alone: X25519, then AES-256-GCM. */
const sealedKey = bytes(128)
const word = { version: 1, maxBytes: 1_024 }

/** GU1: named, as a job is, by its creator and a nonce. */
export const GuildFounded = event('guild/founded', {
  ...word,
  perPeer: { count: 0, windowMs: hourMs }, // own: others hear of it by an invitation
  fields: { guild: cid, nonce: exactBytes(16), name: text(64), endsAt: moment },
})
/** GU2: from the creator, to whoever is asked; it carries all that a guild is. */
export const MemberInvited = event('guild/member-invited', {
  ...word,
  perPeer: { count: 60, windowMs: minuteMs },
  fields: {
    to: did,
    guild: cid,
    nonce: exactBytes(16),
    name: text(64),
    endsAt: moment,
    role: oneOf(invitedRoles),
    epoch: count(mostEpochs),
    key: sealedKey,
  },
})
/** GU3: the answer, to the creator. */
export const InvitationAnswered = event('guild/invitation-answered', {
  ...word,
  perPeer: { count: 60, windowMs: minuteMs },
  fields: { to: did, guild: cid, isAccepted: flag() },
})
/** GU4: from the creator, to each who stays: the next key. */
export const GuildRekeyed = event('guild/rekeyed', {
  ...word,
  perPeer: { count: 120, windowMs: minuteMs },
  fields: { to: did, guild: cid, epoch: count(mostEpochs), key: sealedKey, removed: did },
})
/** GU3, GU4: from the creator, to whoever is sent away, or from whoever leaves, to the creator; and to all when it is over. */
export const GuildLeft = event('guild/left', {
  ...word,
  perPeer: { count: 120, windowMs: minuteMs },
  fields: { to: did, guild: cid, member: did, reason: text(128) },
})

/** GU6: what members say to one another, inside of what is encrypted. Never folded: it passes with the tab. */
export const GuildSaid = event('guild/said', {
  version: 1,
  maxBytes: 9_728, // two thousand characters of four bytes each, and the invitation
  perPeer: { count: 0, windowMs: minuteMs },
  fields: {
    guild: cid,
    /** By which whoever is not the creator shows that it is in it, and as what: the creator's word, sealed. */
    invitation: optional(bytes(mostInvitationBytes)),
    /** Rises with each word of its author. */
    sequence: count(2 ** 45), // ms since 1970, or more
    kind: oneOf(['heartbeat', 'text']),
    text: optional(text(mostTextLength)),
  },
})
export type SaidBody = BodyOf<typeof GuildSaid>

export const guildEvents = [
  GuildFounded,
  MemberInvited,
  InvitationAnswered,
  GuildRekeyed,
  GuildLeft,
  GuildSaid,
] as const
export type InvitedBody = BodyOf<typeof MemberInvited>
export type RekeyedBody = BodyOf<typeof GuildRekeyed>
export type GuildBody =
  | BodyOf<typeof GuildFounded>
  | InvitedBody
  | BodyOf<typeof InvitationAnswered>
  | RekeyedBody
  | BodyOf<typeof GuildLeft>

/** What everybody sees of a guild: bytes, under a tag that only its members can tell from another's. */
export const GuildTalk = topic('/tabmesh/guild/talk/1', {
  message: object({ tag: exactBytes(16), sealed: bytes(9_984) }),
  maxBytes: 10_240,
  perPeer: { count: 600, windowMs: minuteMs }, // fifty heartbeats twice a minute, and ten talkative members
})
export type TalkMessage = Infer<typeof GuildTalk.message>

/** To whom to seal, of somebody who offers nothing. The connection itself proves whose it is. */
export const AskSealingKey = protocol('/tabmesh/identity/sealing-key/1', {
  request: object({}),
  response: object({ key: optional(exactBytes(32)) }),
  maxRequestBytes: 16,
  maxResponseBytes: 64,
  timeoutMs: 5 * secondMs,
  perPeer: { count: 60, windowMs: minuteMs },
})
