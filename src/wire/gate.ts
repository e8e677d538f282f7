import { concatBytes } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { type Cid, cidOf } from './cid.ts'
import { decode, decodeFrame, encode } from './codec.ts'
import type { AnyEventKind, Head, Stated, Verified } from './event.ts'
import { bytes, check, exactBytes, object } from './schema.ts'

/** The kinds of event that this build understands, by type. */
export type Registry = ReadonlyMap<string, AnyEventKind>
export const registry = (kinds: readonly AnyEventKind[]): Registry => new Map(kinds.map((kind) => [kind.type, kind]))

export type AnyBody = Head<string>
export type GateCode = 'malformed' | 'too-large' | 'unknown-event' | 'unknown-version' | 'bad-signature'

/** Decoded and well formed, but whoever sent it may have made it up: good for nothing but `prove`. */
export type Unproven = {
  readonly claimed: { readonly author: AnyBody['author']; readonly type: string }
  /** What the signature must be over. */
  readonly message: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
  readonly event: Stated<AnyBody>
}

const signatureBytes = 64
const largestBody = 262_144 // no kind may declare more: two of them fill what a relayed circuit queues
const envelope = object({ body: bytes(largestBody), signature: exactBytes(signatureBytes) })

/** What an author signs: the kind's name keeps a signature from meaning anything elsewhere. */
export const signedMessage = (type: string, body: Uint8Array): Uint8Array<ArrayBuffer> =>
  concatBytes([new Uint8Array(encode(`tabmesh event ${type}`)), body])

export const sealed = (body: Uint8Array, signature: Uint8Array): Uint8Array<ArrayBuffer> => encode({ body, signature })

/**
 * First half of the gate: bytes from anybody become a claim. Never throws.
 * @returns malformed, too-large, unknown-event or unknown-version with the facts that say what to do
 */
export function open(known: Registry, sealedBytes: Uint8Array): Result<Unproven, GateCode> {
  if (sealedBytes.length > largestBody + 128)
    return refuse('too-large', { sizeBytes: sealedBytes.length, mostBytes: largestBody })
  const decoded = decode(sealedBytes)
  if (!decoded.ok) return decoded
  const outer = check(envelope, decoded.value)
  if (!outer.ok) return outer
  const body = outer.value.body as Uint8Array<ArrayBuffer>
  const read = readBody(known, body)
  if (!read.ok) return read
  const { author, type } = read.value.body
  const signature = outer.value.signature as Uint8Array<ArrayBuffer>
  return ok({ claimed: { author, type }, message: signedMessage(type, body), signature, event: read.value })
}

/** Second half: the claim and the answer of whoever checked its signature. The only place where Verified is made of foreign bytes. */
export function prove(unproven: Unproven, signatureHolds: boolean): Result<Verified<AnyBody>, GateCode> {
  const { event, signature } = unproven
  if (signatureHolds) return ok({ ...event, signature } as Verified<AnyBody>)
  return refuse('bad-signature', { type: unproven.claimed.type, author: unproven.claimed.author })
}

/** For our own log alone: what was verified before it was stored is read again without its signature. */
export const reopen = (known: Registry, body: Uint8Array<ArrayBuffer>): Result<Verified<AnyBody>, GateCode> =>
  readBody(known, body)

/** As `reopen`, of an entry that carries its name: neither the name nor the canonical spelling is computed again. */
export function recall(
  known: Registry,
  { id, body }: { readonly id: Cid; readonly body: Uint8Array<ArrayBuffer> },
): Result<Verified<AnyBody>, GateCode> {
  const decoded = decodeFrame(body)
  if (!decoded.ok) return decoded
  const checked = checkBody(known, body, decoded.value)
  return checked.ok ? ok({ id, body: checked.value, bytes: body } as Verified<AnyBody>) : checked
}

function readBody(known: Registry, body: Uint8Array<ArrayBuffer>): Result<Verified<AnyBody>, GateCode> {
  const decoded = decode(body)
  if (!decoded.ok) return decoded
  const checked = checkBody(known, body, decoded.value)
  if (!checked.ok) return checked
  return ok({ id: cidOf(body, 'dag-cbor'), body: checked.value, bytes: body } as Verified<AnyBody>)
}

function checkBody(known: Registry, body: Uint8Array, decoded: unknown): Result<AnyBody, GateCode> {
  const { type, version } = (decoded ?? {}) as { type?: unknown; version?: unknown }
  const kind = typeof type === 'string' ? known.get(type) : undefined
  if (!kind) return refuse('unknown-event', { type: typeof type === 'string' ? type.slice(0, 64) : 'none' })
  if (version !== kind.version)
    return refuse('unknown-version', { type: kind.type, version: String(version).slice(0, 16), known: kind.version })
  if (body.length > kind.maxBytes)
    return refuse('too-large', { type: kind.type, sizeBytes: body.length, mostBytes: kind.maxBytes })
  const checked = check(kind.body, decoded)
  return checked.ok ? ok(checked.value as AnyBody) : refuse('malformed', { type: kind.type, ...checked.facts })
}
