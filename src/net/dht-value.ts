import { decodeFrame } from '../wire/codec.ts'

/**
 * The bytes that the key of a DHT value names: of a signed envelope its body, since an event is known by the hash of its body
 * and the signature only travels beside it; of everything else the value itself. Whoever fetches an envelope still checks
 * the signature.
 */
export function namedBytes(value: Uint8Array): Uint8Array {
  const decoded = decodeFrame(value)
  if (!decoded.ok || typeof decoded.value !== 'object' || decoded.value === null) return value
  const { body, signature, ...more } = decoded.value as { body?: unknown; signature?: unknown }
  const isEnvelope = body instanceof Uint8Array && signature instanceof Uint8Array && Object.keys(more).length === 0
  return isEnvelope ? body : value
}
