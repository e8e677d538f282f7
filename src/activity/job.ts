import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { Reason } from '../market/messages.ts'
import { type Cid, cidOf } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { type JobOutcome, type JobStatus, jobMachine } from './job-status.ts'
import type { JobEnded, JobSealed, JobSpec, JobSubmitted, StageRef } from './messages.ts'
import type { Progress } from './schedule.ts'

export type JobBody = BodyOf<typeof JobSubmitted | typeof JobSealed | typeof JobEnded>
export type JobRefusal = 'job-misnamed' | 'job-known' | 'job-unknown' | 'job-over' | 'job-not-yours'

/** JB0: a job's name, known before its module is fetched and hashed. @param nonce 16 random bytes */
export const jobId = (requestor: Did, nonce: Uint8Array): Cid => cidOf(encode([requestor, nonce]), 'dag-cbor')

/** What somebody wants computed, as its requestor's own node sees it. */
export type Job = {
  readonly id: Cid
  readonly requestor: Did
  readonly spec: JobSpec
  /** Where the job runs a stage of a workflow. */
  readonly stage?: StageRef | undefined
  readonly submittedAt: Timestamp
  readonly status: JobStatus
  readonly outcome?: JobOutcome | undefined
  readonly reason: string
  readonly endedAt?: Timestamp | undefined
  /** As the data plane last told; the results themselves lie in the store. */
  readonly progress: Progress
  readonly sourceLost: boolean
  /** Of a later attempt of a stage, once it is sealed: what those before it did well. */
  readonly earlierCount?: number | undefined
  /** Providers that are not asked again before the moment given, and why. */
  readonly notBefore: ReadonlyMap<Did, { readonly until: Timestamp; readonly reason: Reason }>
  /** The job-led door: the newest announcement, and until when bids are taken. */
  readonly announcement?: { readonly id: Cid; readonly closesAt: Timestamp } | undefined
}

/** How far a job is before anything is known of it. */
export const nothingYet: Progress = { total: 0, isSealed: false, done: 0, ok: 0, failed: 0, inFlight: 0, fuelUsed: 0n }

/** Folds one fact of an own job. */
export function evolveJob(job: Job | undefined, event: Verified<JobBody>): Result<Job, JobRefusal> {
  const { body } = event
  if (body.type === 'activity/job-submitted') return job ? refuse('job-known') : submitted(body)
  if (!job || body.job !== job.id) return refuse('job-unknown', { job: body.job })
  if (body.author !== job.requestor) return refuse('job-not-yours', { author: body.author })
  if (job.outcome) return refuse('job-over', { outcome: job.outcome })
  if (body.type === 'activity/job-sealed') {
    return ok({
      ...job,
      sourceLost: body.sourceLost,
      ...(body.earlierCount !== undefined && { earlierCount: body.earlierCount }),
      progress: { ...job.progress, total: body.taskCount, isSealed: true },
    })
  }
  return ok(ended(job, body))
}

function submitted(body: BodyOf<typeof JobSubmitted>): Result<Job, JobRefusal> {
  const { author: requestor, spec, stage, issuedAt: submittedAt, job: id, nonce } = body
  if (id !== jobId(requestor, nonce)) return refuse('job-misnamed', { job: id })
  const status = jobMachine.initial
  return ok({
    id,
    requestor,
    spec,
    ...(stage && { stage }),
    submittedAt,
    status,
    reason: '',
    progress: nothingYet,
    sourceLost: false,
    notBefore: new Map(),
  })
}

function ended(job: Job, body: BodyOf<typeof JobEnded>): Job {
  const outcome: JobOutcome = body.status === 'Completed' || body.status === 'Cancelled' ? body.status : 'Failed'
  const progress = {
    ...job.progress,
    ok: body.okCount,
    failed: body.failedCount,
    done: body.okCount + body.failedCount,
    inFlight: 0,
    fuelUsed: body.fuelUsed,
  }
  return { ...job, status: outcome, outcome, reason: body.reason, endedAt: body.issuedAt, progress }
}

export const isRunning = (job: Job): boolean => job.outcome === undefined

/** Tasks that still need somebody. An unsealed job may always bring more. */
export const tasksLeft = ({ progress }: Job): number =>
  Math.max(progress.isSealed ? 0 : 1, progress.total - progress.done)

/** All that the source has given is done, and it may give more. */
const isStarved = ({ progress }: Job): boolean =>
  (!progress.isSealed && progress.total > 0 && progress.done === progress.total) || isTypedFor(progress)
/** A program stands still until somebody types. */
const isTypedFor = ({ awaitingInput = 0 }: Progress): boolean => awaitingInput > 0
/** Every task is done or on its way back: what is left is to bring the outputs home. */
const isAllOut = ({ progress }: Job): boolean =>
  progress.isSealed &&
  progress.inFlight > 0 &&
  progress.done + progress.inFlight >= progress.total &&
  !isTypedFor(progress)

/** JB3: how far the job is, told by what stands behind it. Each step is the machine's; the table has the last word. */
export function advanced(
  job: Job,
  seen: { asked: boolean; proposed: boolean; agreed: boolean; ready: boolean; results: boolean },
): Job {
  if (!isRunning(job)) return job
  const steps = [
    'announce',
    'openBidding',
    ...(seen.asked ? (['closeBidding'] as const) : []),
    ...(seen.proposed ? (['choose'] as const) : []),
    ...(seen.agreed ? (['assign', 'prepare'] as const) : []),
    ...(seen.ready || seen.results ? (['run'] as const) : []),
    ...(isStarved(job) ? (['awaitInputs'] as const) : []),
    ...(isAllOut(job) ? (['produce'] as const) : []),
  ] as const
  const wanted = steps.reduce<JobStatus>((status, step) => jobMachine.next(status, step) ?? status, jobMachine.initial)
  return wanted === job.status ? job : { ...job, status: wanted }
}

/** JB4: the receipt of a finished job, then its anchor. */
export function receipted(job: Job, isAnchored: boolean): Job {
  const generated = jobMachine.next(job.status, 'receive') ?? job.status
  const status = isAnchored ? (jobMachine.next(generated, 'anchor') ?? generated) : generated
  return status === job.status ? job : { ...job, status }
}
