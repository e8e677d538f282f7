import { sha256 } from '@noble/hashes/sha2.js'
import { mostNumbers } from '../activity/numbers.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { minuteMs } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import { type BodyOf, event } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { cid, count, did, exactBytes, list, object } from '../wire/schema.ts'
import type { Digest } from './digest.ts'
import type { Leaf } from './merkle.ts'

/** Tasks in one word about commits: what one frame hands out. */
export const mostCommits = 256
/** Copies of one task that wait for one another: as many as a confidence may ask for (CK6). */
export const mostCopies = 64
const hash = exactBytes(32)
/** Never folded: they travel with the tasks that they are about. */
const onStream = { version: 1, perPeer: { count: 6_000, windowMs: minuteMs } }

/** CO1: a provider is bound to what tasks came to before anybody is shown what they came to elsewhere. */
export const ResultsCommitted = event('receipts/results-committed', {
  ...onStream,
  maxBytes: 16_384,
  fields: {
    to: did,
    agreement: cid,
    activity: cid,
    commits: list(object({ index: count(mostNumbers), commit: hash }), mostCommits),
  },
})
export type CommittedBody = BodyOf<typeof ResultsCommitted>

/** CO2: all commits to each of these tasks, signed before the first of them is shown: who reads it may show its own. */
export const CommitsClosed = event('receipts/commits-closed', {
  ...onStream,
  maxBytes: 131_072,
  fields: {
    to: did,
    agreement: cid,
    activity: cid,
    sets: list(
      object({
        index: count(mostNumbers),
        /** In the order of their bytes: who gave which is told to nobody. */
        commits: list(hash, mostCopies),
      }),
      mostCommits,
    ),
  },
})
export type ClosedBody = BodyOf<typeof CommitsClosed>

export const commitEvents = [ResultsCommitted, CommitsClosed] as const

const commitTag = 0x02 // beside the tree's leaf and node

/** What a result is bound to. `index` is the task's number within its activity. */
export type Committed = {
  readonly agreement: Cid
  readonly activity: Cid
  readonly provider: Did
  readonly index: number
  /** 32 random bytes of the provider's. */
  readonly salt: Uint8Array
  /** Its `resultHash`. */
  readonly result: Digest
}

/** All of a result that is compared, as one hash: of status, exit code, outputs, fuel and host units. */
export const resultHash = ({ status, exitCode, outputHash, fuel, hostUnits }: Compared): Digest =>
  sha256(encode([status, exitCode, outputHash, fuel, hostUnits].filter((field) => field !== undefined)))
type Compared = Pick<Leaf, 'status' | 'exitCode' | 'outputHash' | 'fuel' | 'hostUnits'>

/** CO1: SHA-256(0x02 ‖ canonical DAG-CBOR of [agreement, activity, provider, index, salt, result]): nobody else's, and for no other task. */
export function commitOf({ agreement, activity, provider, index, salt, result }: Committed): Digest {
  const fields = encode([agreement, activity, provider, index, salt, result])
  const bytes = new Uint8Array(1 + fields.length)
  bytes[0] = commitTag
  bytes.set(fields, 1)
  return sha256(bytes)
}

/** CO4: whether what is shown is what was committed. */
export const opensCommit = (commit: Digest, shown: Committed): boolean => equalBytes(commit, commitOf(shown))
