import { sha256 } from '@noble/hashes/sha2.js'
import type { TaskInput, TaskOutcome, TaskUsage } from '../activity/task.ts'
import { concatBytes, equalBytes } from '../kernel/bytes.ts'
import type { Cid } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import { type Digest, digestOf } from './digest.ts'
import { commandsTold, resultTold } from './script-told.ts'

/** One task of a frame, as both parties saw it: everything that the provider vouches for. */
export type Leaf = {
  readonly index: number
  /** 16 bytes, so that nobody else can try out likely inputs: see `salt`. */
  readonly salt: Uint8Array
  readonly inputHash: Digest
  readonly outputHash: Digest
  readonly status: 'ok' | 'failed'
  /** What the program exited with, −1 where it did not come to exit. */
  readonly exitCode: number
  readonly fuel?: bigint | undefined
  readonly hostUnits?: bigint | undefined
}

/** The way from one leaf to the root. */
export type MerkleProof = {
  /** Place of the leaf in its frame, from 0: not the task's index. */
  readonly position: number
  readonly leafCount: number
  /** The sibling of each level that has one, from below, one after the other: 32 bytes each. */
  readonly siblings: Uint8Array
}

/** The tree over a frame, for as long as its tasks are proven. */
export type MerkleTree = {
  readonly root: Digest
  /** MK3: proof that the leaf at `position` belongs to the root, or undefined where there is no such leaf. */
  proof(position: number): MerkleProof | undefined
}

const leafTag = 0x00
const nodeTag = 0x01
const digestLength = 32
const saltLength = 16
/** Places are shifted as 32-bit integers; no frame is nearly as long. */
const mostLeaves = 2 ** 30

/** MK1: SHA-256(0x00 ‖ canonical DAG-CBOR of [index, salt, inputHash, outputHash, status, exitCode, fuel?, hostUnits?]). */
export function leafHash({ index, salt, inputHash, outputHash, status, exitCode, fuel, hostUnits }: Leaf): Digest {
  const fields = [index, salt, inputHash, outputHash, status, exitCode]
  return tagged(leafTag, encode([...fields, fuel, hostUnits].filter((field) => field !== undefined)))
}

/**
 * MK2: root over leaves in the order in which the frame carries them; a node without a sibling rises as it is.
 * @param leaves hashes of 32 bytes @returns 32 bytes; SHA-256 of nothing for a frame without tasks (RFC 9162, 2.1.1)
 */
export function merkleRoot(leaves: readonly Digest[]): Uint8Array<ArrayBuffer> {
  let level = leaves
  while (level.length > 1) level = levelAbove(level)
  return new Uint8Array(level[0] ?? emptyRoot)
}

/** MK2, MK3: the same, with what proves each leaf. Every node is hashed once, however many leaves are proven. */
export function merkleTree(leaves: readonly Digest[]): MerkleTree {
  const levels = [leaves]
  for (let level = leaves; level.length > 1; levels.push(level)) level = levelAbove(level)
  return {
    root: levels.at(-1)?.[0] ?? emptyRoot,
    proof(position) {
      if (leaves[position] === undefined) return undefined
      const siblings = levels.flatMap((level, height) => level[(position >>> height) ^ 1] ?? [])
      return { position, leafCount: leaves.length, siblings: concatBytes(siblings) }
    },
  }
}

/** MK3: whether `leaf` (its hash) stands at the proof's position under `root`. Takes proofs from anybody. */
export function verifyProof(root: Digest, leaf: Digest, { position, leafCount, siblings }: MerkleProof): boolean {
  const isPlace = Number.isInteger(position) && position >= 0 && position < leafCount && leafCount <= mostLeaves
  if (!isPlace || root.length !== digestLength || leaf.length !== digestLength) return false
  let node = leaf
  let at = position
  let used = 0
  for (let width = leafCount; width > 1; width = Math.ceil(width / 2)) {
    if ((at ^ 1) < width) {
      const sibling = siblings.subarray(used, used + digestLength)
      if (sibling.length !== digestLength) return false
      used += digestLength
      node = at & 1 ? nodeHash(sibling, node) : nodeHash(node, sibling)
    }
    at >>>= 1
  }
  return used === siblings.length && equalBytes(node, root)
}

/**
 * MK4: SHA-256 of canonical DAG-CBOR { args, env, files, stdin } with the SHA-256 of each file and of stdin in its place;
 * invoke and params beside them where a function is called, and script where there are commands.
 */
export function inputHash({ args, env, stdin, files, invoke, params, script }: TaskInput): Digest {
  const called = { ...(invoke !== undefined && { invoke }), ...(params && { params }) }
  const commanded = script && { script: commandsTold(script) }
  return sha256(encode({ args, env, files: digestsOf(files), stdin: digestOf(stdin), ...called, ...commanded }))
}

/** What a task has put out, in whatever way. */
export type TaskOutput = Pick<TaskOutcome, 'stdout' | 'stderr' | 'files' | 'values' | 'log' | 'anchors' | 'commands'> &
  Pick<TaskUsage, 'custom'>

/**
 * MK4: SHA-256 of canonical DAG-CBOR { anchors?, commands?, custom?, files, log?, stderr, stdout, values? }, each content replaced by its SHA-256;
 * `custom` are the program's own counters. What there is none of is left out.
 */
export const outputHash = ({ stdout, stderr, files, values, log, anchors, commands, custom }: TaskOutput): Digest =>
  sha256(
    encode({
      files: digestsOf(files),
      stderr: digestOf(stderr),
      stdout: digestOf(stdout),
      ...(anchors && { anchors: anchors.map(digestOf) }),
      ...(commands && { commands: commands.map(resultTold) }),
      ...(custom && { custom }),
      ...(log && { log: digestOf(log) }),
      ...(values && { values }),
    }),
  )

/**
 * MK5: first 16 bytes of SHA-256(text of the activity's CID ‖ index as four bytes, the highest first ‖ secret).
 * The CID stands in every receipt: only a `secret` that the two parties alone know keeps likely inputs from being tried out.
 */
export function salt(activity: Cid, index: number, secret: Uint8Array = nothing): Uint8Array {
  const bytes = new Uint8Array(activity.length + 4 + secret.length)
  for (let i = 0; i < activity.length; i++) bytes[i] = activity.charCodeAt(i) // base32: one byte a character
  new DataView(bytes.buffer).setUint32(activity.length, index)
  bytes.set(secret, activity.length + 4)
  return sha256(bytes).subarray(0, saltLength)
}

function levelAbove(level: readonly Digest[]): Digest[] {
  const above: Digest[] = []
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i]!
    const right = level[i + 1]
    above.push(right ? nodeHash(left, right) : left)
  }
  return above
}

function nodeHash(left: Digest, right: Digest): Digest {
  const bytes = new Uint8Array(1 + 2 * digestLength)
  bytes[0] = nodeTag
  bytes.set(left, 1)
  bytes.set(right, 1 + digestLength)
  return sha256(bytes)
}

function tagged(tag: number, value: Uint8Array): Digest {
  const bytes = new Uint8Array(1 + value.length)
  bytes[0] = tag
  bytes.set(value, 1)
  return sha256(bytes)
}

const nothing = new Uint8Array(0)
const emptyRoot = digestOf(nothing)
const digestsOf = (files: Readonly<Record<string, Uint8Array>>): Readonly<Record<string, Digest>> =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [path, digestOf(content)]))
