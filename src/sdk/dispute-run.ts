import { type ActivityCreated, Tasks, wireTask } from '../activity/messages.ts'
import { kindOf } from '../activity/runtime-kind.ts'
import type { PlacedInput } from '../activity/task.ts'
import { type FetchFile, fetchProgram, programMs } from '../adapters/plane/contents.ts'
import { createTaskRuns } from '../adapters/plane/task-runs.ts'
import { blocksProtocol } from '../content/messages.ts'
import { peerIdOfDid } from '../identity/did.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Run } from '../receipts/again.ts'
import { inputHash, outputHash } from '../receipts/merkle.ts'
import type { Finding } from '../receipts/verdict.ts'
import type { Cid } from '../wire/cid.ts'
import { decodeFrame } from '../wire/codec.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import { check, type Did } from '../wire/schema.ts'
import type { Parts } from './mesh.ts'

type Disputed = {
  readonly opener: Did
  readonly input: Cid
  readonly told: Finding
  readonly created: Verified<BodyOf<typeof ActivityCreated>>
  /** Ends it at once: then nothing is said of what it came to. */
  readonly signal: AbortSignal
}

/** DS4: what a disputed task comes to here, from the program and the input that whoever disputes it gives. */
export async function runDisputed(
  parts: Parts,
  { opener, input, told, created, signal }: Disputed,
): Promise<Result<Run>> {
  const { node, openRuntime } = parts
  const fetchFile = filesFrom(parts, opener)
  const task = await taskIn(fetchFile, input, told)
  if (!task.ok) return task
  const { limits, agreement, content: files = [] } = created.body
  const fetched = await fetchProgram({ module: told.module, content: files }, { fetchFile })
  if (!fetched.ok) return fetched
  const agreed = node.agreements.get(agreement)?.terms.runtime
  const kind = agreed === undefined ? kindOf(fetched.value.bytes) : ok(agreed)
  if (!kind.ok) return kind
  if (signal.aborted) return refuse('stopped')
  const runtime = openRuntime()
  runtime.setShare(parts.runtime.usage().share)
  const stop = (): void => void runtime.stop()
  signal.addEventListener('abort', stop)
  try {
    const deployed = await runtime.deploy({ cid: told.module, runtime: kind.value, ...fetched.value }, limits)
    if (!deployed.ok) return deployed
    // What a script puts into the store is not wanted here.
    const runs = createTaskRuns({ runtime, keep: () => Promise.resolve() })
    const outcome = await runs.run(
      deployed.value,
      { ...task.value, place: told.place },
      { fetchContent: (cid, mostBytes) => fetchFile(cid, mostBytes) },
    )
    const { status, exitCode, usage, error } = outcome
    return ok({
      status,
      exitCode,
      outputHash: outputHash({ ...outcome, custom: usage.custom }),
      fuel: usage.fuel,
      hostUnits: usage.hostUnits,
      code: error?.code,
    })
  } finally {
    signal.removeEventListener('abort', stop)
    await runtime.stop()
  }
}

/** What is stored here, and else what this party gives, for as long as a program may take to come. */
export function filesFrom({ node, content, network }: Parts, did: Did): FetchFile {
  const peer = did === node.me ? undefined : peerIdOfDid(did)
  const signal = AbortSignal.timeout(programMs)
  return (cid, mostBytes) =>
    content.fetchFile(cid, {
      providers: peer ? [peer] : [],
      open: (from) => network.openStream(from, blocksProtocol, signal),
      mostBytes,
      signal,
    })
}

/** DS1: the input that the receipt is over, and no other. */
async function taskIn(fetchFile: FetchFile, cid: Cid, { inputHash: signed }: Finding): Promise<Result<PlacedInput>> {
  const bytes = await fetchFile(cid, Tasks.maxFrameBytes)
  if (!bytes.ok) return bytes
  const decoded = decodeFrame(bytes.value)
  const read = decoded.ok ? check(wireTask, decoded.value) : decoded
  if (!read.ok) return read
  return equalBytes(inputHash(read.value), signed) ? ok(read.value) : refuse('input-differs')
}
