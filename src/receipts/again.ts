import type { TaskErrorCode } from '../activity/task.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { cidOf } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { Digest } from './digest.ts'

/** What can be compared of one run of a task. */
export type Run = {
  readonly status: 'ok' | 'failed'
  readonly exitCode: number
  readonly outputHash: Digest
  readonly fuel: bigint
  /** Not there where the one who ran it does not count them. */
  readonly hostUnits?: bigint | undefined
  readonly code?: string | undefined
}

export type Difference = 'status' | 'exitCode' | 'output' | 'fuel' | 'hostUnits'

/** What two runs of one task say of each other. */
export type Compared =
  | { readonly isSame: boolean; readonly differs: readonly Difference[] }
  | { readonly isSame: undefined; readonly why: string }

/** How a run ends that says something of machine and moment, and nothing of the program. */
const ofTheMoment: ReadonlySet<string> = new Set<TaskErrorCode>([
  'timed-out',
  'stopped',
  'queue-full',
  'worker-lost',
  'start-failed',
  'memory-not-given',
  'content-missing',
  'input-timed-out',
  'output-not-taken',
])

const areAlike = (told: bigint | undefined, found: bigint | undefined): boolean =>
  told === undefined || found === undefined || told === found

/**
 * All that can be compared of a run, in one text: equal texts are equal runs. Undefined where it says something of machine and moment alone.
 */
export function digestOfRun({ status, exitCode, outputHash, fuel, hostUnits, code }: Run): string | undefined {
  if (code !== undefined && ofTheMoment.has(code)) return undefined
  return cidOf(encode([status, exitCode, outputHash, fuel, hostUnits ?? null]), 'dag-cbor')
}

/** EX1, EX2: whether a task that was run again came to the same. */
export function compareRuns(told: Run, found: Run): Compared {
  const why = [told.code, found.code].find((code) => code !== undefined && ofTheMoment.has(code))
  if (why !== undefined) return { isSame: undefined, why }
  const differs: readonly Difference[] = [
    ...(told.status === found.status ? [] : (['status'] as const)),
    ...(told.exitCode === found.exitCode ? [] : (['exitCode'] as const)),
    ...(equalBytes(told.outputHash, found.outputHash) ? [] : (['output'] as const)),
    ...(told.fuel === found.fuel ? [] : (['fuel'] as const)),
    ...(areAlike(told.hostUnits, found.hostUnits) ? [] : (['hostUnits'] as const)),
  ]
  return { isSame: differs.length === 0, differs }
}
