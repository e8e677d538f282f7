import type { TaskOutcome } from '../activity/task.ts'
import { blockBytes } from '../content/manifest.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { type Cid, cidOf } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { ReceiptBody } from './messages.ts'

type Logging = Pick<TaskOutcome, 'log'> & { readonly index: number }

/** All logs of one frame: with some bytes around each they are one block of 256 KiB, which is what a receipt can name. */
export const mostLogBytes = 245_760

/** HA5: canonical DAG-CBOR of the pairs [index, log] in the frame's order, of tasks that said something; undefined where none did. */
export function logsBlock(results: readonly Logging[]): Uint8Array<ArrayBuffer> | undefined {
  const pairs = results.flatMap(({ index, log }) => (log ? [[index, log]] : []))
  return pairs.length > 0 ? encode(pairs) : undefined
}

/** The name of such a block: of bytes, as whoever keeps it sees it. */
export const logsCidOf = (block: Uint8Array | undefined): Cid | undefined => block && cidOf(block, 'raw')

/** HA5: whether a receipt names the logs that came with its frame, and no others, and they are one block. */
export function verifyLogs(
  { logsCid }: Pick<ReceiptBody, 'logsCid'>,
  results: readonly Logging[],
): Result<Uint8Array | undefined, 'logs-differ'> {
  const block = logsBlock(results)
  const found = logsCidOf(block)
  const isOne = (block?.length ?? 0) <= blockBytes
  return isOne && found === logsCid
    ? ok(block)
    : refuse('logs-differ', { told: logsCid ?? 'none', found: found ?? 'none' })
}
