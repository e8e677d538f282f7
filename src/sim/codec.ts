import { setBounded } from '../kernel/bound.ts'
import type { Result } from '../kernel/result.ts'
import { events } from '../node/registry.ts'
import { decode, encode } from '../wire/codec.ts'
import type { Verified } from '../wire/event.ts'
import { type AnyBody, type GateCode, open, prove, sealed, signedMessage } from '../wire/gate.ts'
import { check, type Schema } from '../wire/schema.ts'
import { ToSeal } from '../wire/sealing.ts'
import type { SimSigner, SimSigning } from './signing.ts'

/** The codec and the gate, with what was done once for identical bytes not done again in this world. */
export type SimCodec = {
  seal(signer: SimSigner, event: Verified<AnyBody>): Uint8Array
  unseal(bytes: Uint8Array): Result<Verified<AnyBody>, GateCode>
  /** A message as bytes: every `ToSeal` in it is replaced by its envelope. */
  write(signer: SimSigner, message: unknown): Uint8Array
  read<T>(schema: Schema<T>, bytes: Uint8Array): Result<T, 'malformed'>
}

/** Envelopes remembered: all offers of a world of four thousand nodes and what is under way. */
const mostEnvelopes = 32_768
/** Longer answers, of many offers, remembered by what they list. */
const mostMessages = 4_096

export function createCodec(signing: SimSigning): SimCodec {
  const envelopes = new WeakMap<Verified<AnyBody>, Uint8Array>()
  const opened = new Map<string, Result<Verified<AnyBody>, GateCode>>()
  const openedObjects = new WeakMap<Uint8Array, Result<Verified<AnyBody>, GateCode>>()
  const messages = new WeakMap<Uint8Array, Map<unknown, Result<unknown, 'malformed'>>>()
  const written = new Map<string, Uint8Array>()

  function seal(signer: SimSigner, event: Verified<AnyBody>): Uint8Array {
    const ready = envelopes.get(event)
    if (ready) return ready
    const { body, bytes, signature } = event
    const made = sealed(bytes, signature ?? signer.sign(signedMessage(body.type, bytes)))
    envelopes.set(event, made)
    return made
  }

  function unseal(bytes: Uint8Array): Result<Verified<AnyBody>, GateCode> {
    const same = openedObjects.get(bytes)
    if (same) return same
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    const known = opened.get(key) ?? unsealAnew(bytes)
    setBounded(opened, key, known, mostEnvelopes)
    openedObjects.set(bytes, known)
    return known
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

  function write(signer: SimSigner, message: unknown): Uint8Array {
    const key = keyOf(message)
    const known = key === undefined ? undefined : written.get(key)
    if (known) return known
    const made = encode(sealAll(signer, message))
    if (key !== undefined) setBounded(written, key, made, mostMessages)
    return made
  }

  return {
    seal,
    unseal,
    write,
    read<T>(schema: Schema<T>, bytes: Uint8Array): Result<T, 'malformed'> {
      const bySchema = messages.get(bytes) ?? new Map<unknown, Result<unknown, 'malformed'>>()
      const known = bySchema.get(schema)
      if (known) return known as Result<T, 'malformed'>
      const decoded = decode(bytes)
      const read = decoded.ok ? check(schema, decoded.value) : decoded
      bySchema.set(schema, read)
      messages.set(bytes, bySchema)
      return read
    },
  }
}

/** What names an answer of offers: whose they are and in which order. All others are written each time. */
function keyOf(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('offers' in message)) return undefined
  const { offers } = message
  if (!Array.isArray(offers) || !offers.every((one) => one instanceof ToSeal)) return undefined
  return offers.map((one: ToSeal) => one.event.id).join(' ')
}
