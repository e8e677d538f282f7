import { sha256 } from '@noble/hashes/sha2.js'
import type { Guild } from '../guild/guild.ts'
import type { InvitedBody, RekeyedBody } from '../guild/messages.ts'
import { concatBytes } from '../kernel/bytes.ts'
import type { Cid } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { Did } from '../wire/schema.ts'
import type { Parts } from './mesh.ts'

export type GuildKey = { readonly bytes: Uint8Array; readonly tag: Uint8Array<ArrayBuffer> }

const nonceBytes = 12
const aboutOf = (guild: Cid, epoch: number): string[] => ['tabmesh guild', guild, String(epoch)]

/** GU6: by which members find their own talk among others', and nobody else can. */
const tagOf = (key: Uint8Array): Uint8Array<ArrayBuffer> => sha256(encode(['tabmesh guild tag', key])).slice(0, 16)

/** Keys of the guilds that this node is in: made anew of what it knows, and kept nowhere. */
export function createGuildKeys({ node, signer, sealingKey }: Pick<Parts, 'node' | 'signer' | 'sealingKey'>) {
  const known = new Map<string, Promise<GuildKey | undefined>>()
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
    /** Of its present epoch. */
    of(guild: Guild): Promise<GuildKey | undefined> {
      const name = `${guild.id} ${guild.epoch}`
      const made = known.get(name) ?? make(guild)
      known.set(name, made)
      return made
    },
    /** GU2, GU4: an epoch's key, sealed to one member. */
    async sealed(guild: Cid, epoch: number, to: Uint8Array): Promise<Uint8Array | undefined> {
      const { guildKeyOf, sealTo } = await load()
      return sealTo(to, await guildKeyOf(signer, guild, epoch), aboutOf(guild, epoch))
    },
    /** GU8 apart: to whom to seal, where somebody's offer says so. */
    offered(who: Did): string | undefined {
      const offer = node.offerOf.get(who)
      return offer && node.offers.get(offer)?.facts.node.sealingKey
    },
  }
}

export async function encrypted({ bytes }: GuildKey, plain: Uint8Array): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(bytes), 'AES-GCM', false, ['encrypt'])
  const iv = crypto.getRandomValues(new Uint8Array(nonceBytes))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new Uint8Array(plain))
  return concatBytes([iv, new Uint8Array(sealed)])
}

export async function decrypted({ bytes }: GuildKey, sealed: Uint8Array): Promise<Uint8Array | undefined> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(bytes), 'AES-GCM', false, ['decrypt'])
  const iv = new Uint8Array(sealed.subarray(0, nonceBytes))
  return crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, new Uint8Array(sealed.subarray(nonceBytes))).then(
    (plain) => new Uint8Array(plain),
    () => undefined,
  )
}
