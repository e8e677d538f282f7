import { exitCodeOf } from '../activity/frames.ts'
import type { WireResult } from '../activity/messages.ts'
import type { Cid } from '../wire/cid.ts'
import { type Leaf, outputHash, salt } from './merkle.ts'

/** An activity as its requestor knows it: the secret that salts its leaves, and by task SHA-256 of what was sent. */
export type AskedOf = {
  readonly activity: Cid
  readonly secret: Uint8Array
  readonly inputs: ReadonlyMap<number, Uint8Array>
}
type Result = Parameters<typeof outputHash>[0] &
  Pick<WireResult, 'index' | 'status' | 'exitCode'> &
  Pick<Leaf, 'fuel' | 'hostUnits'>

/** What the requestor itself makes of a result, and of the input that it sent: the receipt must be over exactly this. */
export function leafOf({ activity, secret, inputs }: AskedOf, result: Result): Leaf {
  const { index, status, fuel, hostUnits } = result
  return {
    index,
    salt: salt(activity, index, secret),
    inputHash: inputs.get(index) ?? new Uint8Array(32),
    outputHash: outputHash(result),
    status,
    exitCode: exitCodeOf(result),
    fuel,
    hostUnits,
  }
}
