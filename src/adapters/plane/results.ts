import { sha256 } from '@noble/hashes/sha2.js'
import { exitCodeOf } from '../../activity/frames.ts'
import type { WireResult } from '../../activity/messages.ts'
import type { Signer } from '../../identity/signing.ts'
import type { Digest } from '../../receipts/digest.ts'
import { type AskedOf, leafOf as toldLeafOf } from '../../receipts/leaf.ts'
import type { Leaf, MerkleProof } from '../../receipts/merkle.ts'
import type { Cid } from '../../wire/cid.ts'
import { encode } from '../../wire/codec.ts'
import type { Did } from '../../wire/schema.ts'
import type { StoredResult } from '../storage.port.ts'

const secretBytes = 16

/** Salts an activity's leaves: known to its two parties alone, and the same after a reload, for Ed25519 signs alike each time. */
export async function secretOf(signer: Signer, activity: Cid): Promise<Uint8Array> {
  return sha256(await signer.sign(encode(['tabmesh salt', activity]))).slice(0, secretBytes)
}

/** The leaf of a result as it came, or as it is stored: then it may have travelled under another number. */
export const leafOf = (asked: AskedOf, result: WireResult | StoredResult): Leaf =>
  toldLeafOf(asked, 'number' in result && result.number !== undefined ? { ...result, index: result.number } : result)

/** The receipt of a frame, and the tree that it was found to be right by. */
export type ProvenFrame = {
  readonly receipt: Cid
  /** The receipt as it came. */
  readonly sealed: Uint8Array
  leafOf(index: number): Leaf | undefined
  proofOf(index: number): MerkleProof | undefined
  /** Under which the receipt has this task. */
  numberOf(index: number): number
  /** Of all that a task has put out. */
  outputHashOf(index: number): Digest | undefined
}

export function storedResult(result: WireResult, provider: Did, frame: ProvenFrame | undefined): StoredResult {
  const number = frame?.numberOf(result.index) ?? result.index
  const { memoryBytes: _memoryBytes, waitedUs: _waitedUs, readBytes: _readBytes, reveal: _reveal, ...rest } = result
  const { error, commands, ...kept } = rest
  const told = error && { code: error.code, phase: 'run', message: error.message }
  return {
    ...kept,
    exitCode: exitCodeOf(result),
    ...(commands && { commands: commands.map((one) => ({ ...one, exitCode: exitCodeOf(one) })) }),
    provider,
    receipt: frame?.receipt,
    proof: frame?.proofOf(result.index),
    ...(number !== result.index && { number }),
    error: told,
  }
}
