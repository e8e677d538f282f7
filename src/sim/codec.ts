import { setBounded } from '../kernel/bound.ts'
import type { Result } from '../kernel/result.ts'
import { events } from '../node/registry.ts'
import { decode, encode } from '../wire/codec.ts'
import type { Verified } from '../wire/event.ts'
import { type AnyBody, type GateCode, open, prove, sealed, signedMessage } from '../wire/gate.ts'
import { check, type Schema } from '../wire/schema.ts'
import { ToSeal } from '../wire/sealing.ts'
import type { SimSigner, SimSigning } from './signing.ts'

/** Canonical bytes on their way, and what they came to when they were first read in this world. */
export type Packet = {
  readonly bytes: Uint8Array
  schema?: unknown
  read?: Result<unknown, 'malformed'>
  unsealed?: readonly Result<Verified<AnyBody>, GateCode>[]
}
export const packetOf = (bytes: Uint8Array): Packet => ({ bytes })

/** The codec and the gate, with what was done once for identical bytes not done again in this world. */
export type SimCodec = {
  seal(signer: SimSigner, event: Verified<AnyBody>): Uint8Array
  unseal(bytes: Uint8Array): Result<Verified<AnyBody>, GateCode>
  /** The envelopes that a packet carried. */
  unsealAll(packet: Packet, envelopes: readonly Uint8Array[]): readonly Result<Verified<AnyBody>, GateCode>[]
  /** A message as bytes: every `ToSeal` in it is replaced by its envelope. */
  write(signer: SimSigner, message: unknown): Packet
  read<T>(schema: Schema<T>, packet: Packet): Result<T, 'malformed'>
}

/** Envelopes remembered: all offers of a world of a thousand nodes, each made anew a few times. */
const mostEnvelopes = 8_192
/** Longer answers, of many offers, remembered by what they list. */
const mostMessages = 4_096

export function createCodec(signing: SimSigning): SimCodec {
  const envelopes = new WeakMap<Verified<AnyBody>, Uint8Array>()
  const opened = new Map<string, Result<Verified<AnyBody>, GateCode>>()
  const written = new Map<string, Packet>()

  function seal(signer: SimSigner, event: Verified<AnyBody>): Uint8Array {
    const ready = envelopes.get(event)
    if (ready) return ready
    const { body, bytes, signature } = event
    const made = sealed(bytes, signature ?? signer.sign(signedMessage(body.type, bytes)))
    envelopes.set(event, made)
    return made
  }

  function unseal(bytes: Uint8Array): Result<Verified<AnyBody>, GateCode> {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    const known = opened.get(key)
    if (known) return known
    const made = unsealAnew(bytes)
    setBounded(opened, key, made, mostEnvelopes)
    return made
  }

  function unsealAnew(bytes: Uint8Array): Result<Verified<AnyBody>, GateCode> {
    const claim = open(events, bytes)
    if (!claim.ok) return claim
    const { claimed, message, signature } = claim.value
    return prove(claim.value, signing.verify(claimed.author, message, signature))
  }

  function sealAll(signer: SimSigner, message: unknown): unknown {
    if (message instanceof ToSeal) return seal(signer, message.event)
    if (Array.isArray(message)) return message.map((item) => sealAll(signer, item))
    if (typeof message !== 'object' || message === null || message instanceof Uint8Array) return message
    const fields = Object.entries(message).map(([name, value]) => [name, sealAll(signer, value)] as const)
    return Object.fromEntries(fields)
  }

  function write(signer: SimSigner, message: unknown): Packet {
    const key = keyOf(message)
    const known = key === undefined ? undefined : written.get(key)
    if (known) return known
    const made = packetOf(encode(sealAll(signer, message)))
    if (key !== undefined) setBounded(written, key, made, mostMessages)
    return made
  }

  return {
    seal,
    unseal,
    write,
    unsealAll(packet, envelopes) {
      packet.unsealed ??= envelopes.map(unseal)
      return packet.unsealed
    },
    read<T>(schema: Schema<T>, packet: Packet): Result<T, 'malformed'> {
      if (packet.read && packet.schema === schema) return packet.read as Result<T, 'malformed'>
      const decoded = decode(packet.bytes)
      const read = decoded.ok ? check(schema, decoded.value) : decoded
      packet.schema = schema
      packet.read = read
      return read
    },
  }
}

/** What names an answer of offers: whose they are and in which order. All others are written each time. */
function keyOf(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('offers' in message)) return undefined
  if (Object.keys(message).length > 1) return undefined // a word about offers, and no answer
  const { offers } = message
  if (!Array.isArray(offers) || !offers.every((one) => one instanceof ToSeal)) return undefined
  return offers.map((one: ToSeal) => one.event.id).join(' ')
}
