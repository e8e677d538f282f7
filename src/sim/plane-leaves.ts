import { createHash } from 'node:crypto'
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
