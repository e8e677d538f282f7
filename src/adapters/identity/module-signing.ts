import {
  type HashSignature,
  keyOf,
  mostSignatures,
  readSignature,
  type SignatureCode,
  type SignedHashes,
  signatureBy,
  signedMessage,
  withSignatures,
} from '../../activity/module-signature.ts'
import { didOf } from '../../identity/did.ts'
import type { Signer, Verify } from '../../identity/signing.ts'
import { equalBytes } from '../../kernel/bytes.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import type { Did } from '../../wire/schema.ts'

/** Who signed a module, whole. */
export type ModuleSigners = {
  /** Proven, each once, in the order of the module. */
  readonly signers: readonly Did[]
  /** Signatures by keys that the module does not name: they say nothing. */
  readonly unknown: number
}

/** MG3: who signed these bytes; refused where what it brings is not true. Never rejects. */
export async function signersOf(bytes: Uint8Array, verify: Verify): Promise<Result<ModuleSigners, SignatureCode>> {
  const whole = await wholeSets(bytes)
  if (!whole.ok) return whole
  const signers = new Set<Did>()
  let unknown = 0
  for (const { hashes, signatures } of whole.value) {
    const message = signedMessage(hashes)
    for (const signature of signatures) {
      const key = keyOf(signature)
      if (!key) unknown += 1
      else if (await verify(key, message, signature.bytes)) signers.add(didOf(key))
      else return refuse('signature-false', { signer: didOf(key) })
    }
  }
  return ok({ signers: [...signers], unknown })
}

/** The module with a signature of ours beside those that it has, which must be true; the same bytes where ours is there. */
export async function signModule(
  bytes: Uint8Array,
  signer: Signer,
  verify: Verify,
): Promise<Result<Uint8Array, SignatureCode>> {
  const known = await signersOf(bytes, verify)
  if (!known.ok) return known
  if (known.value.signers.includes(signer.did)) return ok(bytes)
  const read = readSignature(bytes)
  if (!read.ok) return read
  const sets = read.value?.sets ?? []
  if (sets.reduce((sum, set) => sum + set.signatures.length, 0) >= mostSignatures)
    return refuse('signature-over-limit', { signatures: mostSignatures + 1, mostSignatures })
  const hash = await sha256(read.value?.signed ?? bytes.subarray(8))
  const signature = signatureBy(signer.publicKey, await signer.sign(signedMessage([hash])))
  return ok(withSignatures(bytes, added(sets, hash, signature)))
}

function added(sets: readonly SignedHashes[], hash: Uint8Array<ArrayBuffer>, signature: HashSignature): SignedHashes[] {
  const isOver = ({ hashes }: SignedHashes) => hashes.length === 1 && equalBytes(hashes[0]!, hash)
  if (!sets.some(isOver)) return [...sets, { hashes: [hash], signatures: [signature] }]
  return sets.map((set) => (isOver(set) ? { ...set, signatures: [...set.signatures, signature] } : set))
}

/** The sets that are over the whole module. Where it has some and none is, it was changed behind its signatures. */
async function wholeSets(bytes: Uint8Array): Promise<Result<readonly SignedHashes[], SignatureCode>> {
  const read = readSignature(bytes)
  if (!read.ok) return read
  if (!read.value) return ok([])
  const hash = await sha256(read.value.signed)
  const whole = read.value.sets.filter(({ hashes }) => hashes.some((one) => equalBytes(one, hash)))
  return whole.length > 0 ? ok(whole) : refuse('signature-false', { signs: 'other bytes, or a part of these' })
}

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
