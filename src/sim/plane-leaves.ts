import { createHash } from 'node:crypto'
import { exitCodeOf } from '../activity/frames.ts'
import type { WireResult } from '../activity/messages.ts'
import { type Leaf, outputHash, salt } from '../receipts/merkle.ts'
import type { Cid } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { Host } from './shell.ts'

/** The same after a reload, and nobody else's: what a deterministic signature gives the real plane. */
export const secretOf = ({ signer }: Host, activity: Cid): Uint8Array =>
  new Uint8Array(
    createHash('sha256')
      .update(signer.sign(encode(['tabmesh salt', activity])))
      .digest()
      .subarray(0, 16),
  )

type Asked = { readonly activity: Cid; readonly secret: Uint8Array; readonly inputs: ReadonlyMap<number, Uint8Array> }

/** What a provider must have signed for, where this is its result. */
export function leafToldOf({ activity, secret, inputs }: Asked, result: WireResult): Leaf {
  const { index, status } = result
  return {
    index,
    salt: salt(activity, index, secret),
    inputHash: inputs.get(index) ?? new Uint8Array(32),
    outputHash: outputHash(result),
    status,
    exitCode: exitCodeOf(result),
    fuel: result.fuel,
    hostUnits: result.hostUnits,
  }
}
