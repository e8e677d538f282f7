import { type PublicKey, publicKey } from '../identity/did.ts'
import { concatBytes } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { hasWasmHeader } from './module.ts'
import { byte, name, type Reader, readerOf, skip, u32, u32Bytes } from './module-reader.ts'

/**
 * The custom section `signature`, which stands before all others and signs every byte behind it, of modules and components alike.
 * Source: WebAssembly/tool-conventions, Signatures.md, in the bytes that wasmsign2 writes: a set of hashes, and a signature, each have
 * their length in front.
 */
export type SignatureSection = {
  readonly sets: readonly SignedHashes[]
  /** What whole signatures are over. */
  readonly signed: Uint8Array
}

/** Of a signature of the whole module one of the hashes is that of all behind the section; others are of what it began with. */
export type SignedHashes = {
  readonly hashes: readonly Uint8Array<ArrayBuffer>[]
  readonly signatures: readonly HashSignature[]
}
export type HashSignature = {
  readonly keyId: Uint8Array<ArrayBuffer>
  readonly algorithm: number
  readonly bytes: Uint8Array<ArrayBuffer>
}
export type SignatureCode = 'signature-malformed' | 'signature-over-limit' | 'signature-false'

/** Who put their name to a module. */
export const mostSignatures = 8
/** Eight signatures take 1.4 KiB; the rest is for hashes of parts, of which nobody makes more than some dozens. */
export const mostSectionBytes = 16 * 1024

const sectionName = 'signature'
const hashLength = 32
const ed25519 = 0x01
/** What signs what with which hash: version 1, a WebAssembly module, SHA-256. */
const kind = [0x01, 0x01, 0x01]
const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0))
const domain = [...ascii('wasmsig'), ...kind]

/** MG1: the signatures that a module brings, unproven; undefined where it has none. Never throws. */
export function readSignature(bytes: Uint8Array): Result<SignatureSection | undefined, SignatureCode> {
  const header = hasWasmHeader(bytes) ? sectionHeader(bytes) : undefined
  if (!header) return ok(undefined)
  const { start, end } = header
  if (end - start > mostSectionBytes)
    return refuse('signature-over-limit', { sizeBytes: end - start, mostBytes: mostSectionBytes })
  const reader = readerOf(bytes, start, end)
  const found = kind.map(() => byte(bytes, reader))
  const isKnown = found.every((code, at) => code === kind[at])
  const sets = isKnown ? items(bytes, reader, signedHashes) : []
  if (reader.bad || sets.length === 0 || reader.at !== end)
    return refuse('signature-malformed', { version: found[0]!, content: found[1]!, hash: found[2]! })
  const signatures = sets.reduce((sum, set) => sum + set.signatures.length, 0)
  if (signatures > mostSignatures) return refuse('signature-over-limit', { signatures, mostSignatures })
  return ok({ sets, signed: bytes.subarray(end) })
}

/** Where what the section holds begins and ends, if it is the first one. What is no module says so elsewhere. */
function sectionHeader(bytes: Uint8Array): { readonly start: number; readonly end: number } | undefined {
  const reader = readerOf(bytes, 8)
  const id = byte(bytes, reader)
  const size = u32(bytes, reader)
  const end = reader.at + size
  if (reader.bad || id !== 0 || end > bytes.length) return undefined
  const within = readerOf(bytes, reader.at, end)
  return name(bytes, within) === sectionName && !within.bad ? { start: within.at, end } : undefined
}

/** A list of things with their lengths in front; a thing that does not end where its length says turns the reader bad. */
function items<T>(bytes: Uint8Array, reader: Reader, read: (bytes: Uint8Array, reader: Reader) => T): T[] {
  const count = u32(bytes, reader)
  const found: T[] = []
  for (let index = 0; index < count && !reader.bad; index++) {
    const size = u32(bytes, reader)
    const within = readerOf(bytes, reader.at, reader.at + size)
    skip(reader, size)
    if (reader.bad) break
    found.push(read(bytes, within))
    if (within.bad || within.at !== within.end) reader.bad = true
  }
  return found
}

function signedHashes(bytes: Uint8Array, reader: Reader): SignedHashes {
  const count = u32(bytes, reader)
  const hashes: Uint8Array<ArrayBuffer>[] = []
  for (let index = 0; index < count && !reader.bad; index++) hashes.push(taken(bytes, reader, hashLength))
  const signatures = items(bytes, reader, hashSignature)
  if (hashes.length === 0 || signatures.length === 0) reader.bad = true
  return { hashes, signatures }
}

function hashSignature(bytes: Uint8Array, reader: Reader): HashSignature {
  const keyId = taken(bytes, reader, u32(bytes, reader))
  const algorithm = byte(bytes, reader)
  return { keyId, algorithm, bytes: taken(bytes, reader, u32(bytes, reader)) }
}

function taken(bytes: Uint8Array, reader: Reader, length: number): Uint8Array<ArrayBuffer> {
  const start = reader.at
  skip(reader, length)
  return reader.bad ? new Uint8Array(0) : bytes.slice(start, start + length)
}

/** MG2: the key that a signature names as the format writes keys, or undefined where it names none. */
export const keyOf = ({ keyId, algorithm }: HashSignature): PublicKey | undefined =>
  algorithm === ed25519 && keyId[0] === ed25519 ? publicKey(keyId.subarray(1)) : undefined

export const signatureBy = (key: PublicKey, bytes: Uint8Array<ArrayBuffer>): HashSignature => ({
  keyId: concatBytes([Uint8Array.of(ed25519), key]),
  algorithm: ed25519,
  bytes,
})

/** What is signed of a set of hashes. */
export const signedMessage = (hashes: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  concatBytes([Uint8Array.from(domain), ...hashes])

/** The module with these signatures in place of its own. */
export function withSignatures(bytes: Uint8Array, sets: readonly SignedHashes[]): Uint8Array<ArrayBuffer> {
  const end = sectionHeader(bytes)?.end ?? 8
  const content = concatBytes([
    sized(Uint8Array.from(ascii(sectionName))),
    Uint8Array.from([...kind, ...u32Bytes(sets.length)]),
    ...sets.map((set) => sized(setBytes(set))),
  ])
  return concatBytes([bytes.subarray(0, 8), Uint8Array.of(0), sized(content), bytes.subarray(end)])
}

const setBytes = ({ hashes, signatures }: SignedHashes): Uint8Array =>
  concatBytes([
    Uint8Array.from(u32Bytes(hashes.length)),
    ...hashes,
    Uint8Array.from(u32Bytes(signatures.length)),
    ...signatures.map((one) => sized(concatBytes([sized(one.keyId), Uint8Array.of(one.algorithm), sized(one.bytes)]))),
  ])

const sized = (bytes: Uint8Array): Uint8Array => concatBytes([Uint8Array.from(u32Bytes(bytes.length)), bytes])
