import { sha256 } from '@noble/hashes/sha2.js'
import type { Guild } from '../guild/guild.ts'
import type { InvitedBody, RekeyedBody } from '../guild/messages.ts'
import type { Cid } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import { sealed } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
import type { Parts } from './mesh.ts'

export type GuildKey = { readonly bytes: Uint8Array; readonly tag: Uint8Array<ArrayBuffer> }

const aboutOf = (guild: Cid, epoch: number): string[] => ['tabmesh guild', guild, String(epoch)]

/** GU6: by which members find their own talk among others', and nobody else can. */
const tagOf = (key: Uint8Array): Uint8Array<ArrayBuffer> => sha256(encode(['tabmesh guild tag', key])).slice(0, 16)

/** Keys of the guilds that this node is in, and what shows that it is: made anew of what it knows, and kept nowhere else. */
export function createGuildKeys({
  node,
  signer,
  sealingKey,
  log,
}: Pick<Parts, 'node' | 'signer' | 'sealingKey' | 'log'>) {
  const known = new Map<string, Promise<GuildKey | undefined>>()
  const invitations = new Map<Cid, Uint8Array>()
  const load = () => import('../adapters/identity/sealing.ts')

  async function make({ id, creator, epoch, keyed }: Guild): Promise<GuildKey | undefined> {
    const { guildKeyOf, openSealed } = await load()
    const bytes = creator === node.me ? await guildKeyOf(signer, id, epoch) : await opened(keyed?.body, openSealed)
    return bytes && { bytes, tag: tagOf(bytes) }
  }

  async function opened(
    body: InvitedBody | RekeyedBody | undefined,
    openSealed: Awaited<ReturnType<typeof load>>['openSealed'],
  ): Promise<Uint8Array | undefined> {
    const own = await sealingKey()
    return own && body ? openSealed(own, body.key, aboutOf(body.guild as Cid, body.epoch)) : undefined
  }

  return {
    /** GU6: the creator's word that we are in it, as the creator signed it; of our own guild none. */
    async invitationOf({ invitation }: Guild): Promise<Uint8Array | undefined> {
      const kept = invitation && invitations.get(invitation)
      if (kept || !invitation) return kept
      const entry = await log.byId(invitation)
      if (!entry?.signature) return undefined
      const told = sealed(entry.body, entry.signature)
      invitations.set(invitation, told)
      return told
    },
    /** GU6: what is said, for whoever has the key: no word is said twice, so no nonce is used twice. */
    sealed: async ({ bytes }: GuildKey, word: Uint8Array) => (await load()).sealContent(bytes, word),
    /** What was said under this key, or undefined. */
    opened: async ({ bytes }: GuildKey, sealed: Uint8Array) => (await load()).openContent(bytes, sealed),
    /** Of its present epoch. */
    of(guild: Guild): Promise<GuildKey | undefined> {
      const name = `${guild.id} ${guild.epoch}`
      const made = known.get(name) ?? make(guild)
      known.set(name, made)
      return made
    },
    /** GU2, GU4: an epoch's key, sealed to one member. */
    async keyFor(guild: Cid, epoch: number, to: Uint8Array): Promise<Uint8Array | undefined> {
      const { guildKeyOf, sealTo } = await load()
      return sealTo(to, await guildKeyOf(signer, guild, epoch), aboutOf(guild, epoch))
    },
    /** To whom to seal, where somebody's offer says so. */
    offered(who: Did): string | undefined {
      const offer = node.offerOf.get(who)
      return offer && node.offers.get(offer)?.facts.node.sealingKey
    },
  }
}
