import { exitCodeOf } from '../activity/frames.ts'
import type { WireResult, WireTask } from '../activity/messages.ts'
import { leafHash, outputHash, salt } from '../receipts/merkle.ts'
import type { Cid } from '../wire/cid.ts'

/** A task that a simulated worker is done with. */
export type Computed = { readonly inputHash: Uint8Array; readonly result: WireResult }

/** A thousand million units a second. */
export const fuelPerMs = 1_000_000n

const nothing = new Uint8Array(0)

/** How a task went on this machine. */
export type Went = {
  readonly durationMs: number
  readonly code: string | undefined
  /** It burns the same everywhere, not what its time comes to. */
  readonly isDeterministic: boolean
}

/** What the program makes of a task: its input, told back. */
export const resultOf = ({ index, stdin }: WireTask, { durationMs, code, isDeterministic }: Went): WireResult => ({
  index,
  status: code === undefined ? 'ok' : 'failed',
  exitCode: code === undefined ? 0 : 2 ** 32,
  stdout: code === undefined ? stdin : nothing,
  stderr: nothing,
  files: {},
  durationUs: durationMs * 1_000,
  memoryBytes: 1_048_576,
  fuel: BigInt(isDeterministic ? 50 + (index % 50) : durationMs) * fuelPerMs,
  hostUnits: 1_000n,
  ...(code !== undefined && { error: { code, message: '' } }),
})

/** Task `index` of every job: its input says who it is. */
export const taskOf = (index: number): WireTask => ({
  index,
  args: [],
  env: {},
  stdin: new Uint8Array([index >>> 24, index >>> 16, index >>> 8, index]),
  files: {},
})

export function leafOf(
  { activity, secret }: { activity: Cid; secret: Uint8Array },
  { inputHash: input, result }: Computed,
): Uint8Array {
  const { index, status } = result
  return leafHash({
    index,
    salt: salt(activity, index, secret),
    inputHash: input,
    outputHash: outputHash(result),
    status,
    exitCode: exitCodeOf(result),
    fuel: result.fuel,
    hostUnits: result.hostUnits,
  })
}
