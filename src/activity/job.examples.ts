import type { Amount } from '../kernel/amount.ts'
import { aCid, begun, requestor } from '../market/market.examples.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { evolveJob, type Job, type JobBody, jobId } from './job.ts'
import { type JobSpec, JobSubmitted } from './messages.ts'

/** A job that tests speak of: one program, no price. */
export const someSpec: JobSpec = {
  name: 'words',
  module: aCid('module'),
  moduleSizeBytes: 1_000,
  runtime: 'wasi-p1',
  limits: { memoryPages: 1_024, timeoutMs: 30_000, outputBytes: 1_048_576 },
  policy: {
    maxPrice: 0n as Amount,
    minReputationPermille: 0,
    regions: [],
    selection: 'hybrid',
    redundancy: { mode: 'once' },
    mostProviders: 16,
    door: 'offers',
  },
  platform: 'none',
  subnet: 'public',
  runHere: false,
  isInteractive: false,
  capture: 'atEnd',
}
export const someNonce = new Uint8Array(16).fill(7)
export const someJob = (author: Did = requestor) => jobId(author, someNonce)

export const submission = (author: Did = requestor): Verified<JobBody> =>
  JobSubmitted.author({ author, issuedAt: begun }, { job: someJob(author), nonce: someNonce, spec: someSpec })

export function aJob(told: Partial<Job> = {}): Job {
  const job = evolveJob(undefined, submission())
  if (!job.ok) throw new Error(job.code)
  return { ...job.value, ...told }
}
