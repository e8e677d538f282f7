import type { Answer, Checked } from '../activity/checking.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'

/** What survives a closed tab: the log, the tasks of own jobs and their results. */
export type SimDisk = {
  readonly log: { readonly body: Uint8Array<ArrayBuffer>; readonly signature: Uint8Array<ArrayBuffer> | undefined }[]
  /** Ids in the log, and names of jobs: nothing else of our own may be spoken. */
  readonly durable: Set<Cid>
  readonly jobs: Map<Cid, StoredJob>
  /** Until then every write is refused. */
  fullUntil: number
}
export type SimResult = {
  readonly status: 'ok' | 'failed'
  readonly provider: Did
  readonly receipt: Cid
  /** Whether it is what the program makes of its task. */
  readonly isRight: boolean
  readonly how?: Checked['how'] | undefined
}
export type HeldAnswer = SimResult & {
  readonly index: number
  readonly digest: string
  readonly verdict: Answer['verdict']
}
export type StoredJob = {
  taskCount: number
  readonly results: Map<number, SimResult>
  /** Answers that wait for others, by index and provider. */
  readonly held: Map<string, HeldAnswer>
  /** Every answer taken for an end, to see that no task ends twice. */
  ends: number
}

export const emptyDisk = (): SimDisk => ({
  log: [],
  durable: new Set(),
  jobs: new Map(),
  fullUntil: 0,
})

export function append({ log, durable }: SimDisk, events: readonly Verified<AnyBody>[]): void {
  for (const { id, body, bytes, signature } of events) {
    log.push({ body: bytes, signature })
    durable.add(id)
    if ('job' in body && body.type === 'activity/job-submitted') durable.add(body.job as Cid)
  }
}

export function storedJob({ jobs }: SimDisk, job: Cid): StoredJob {
  const known = jobs.get(job) ?? { taskCount: 0, results: new Map(), held: new Map(), ends: 0 }
  jobs.set(job, known)
  return known
}
