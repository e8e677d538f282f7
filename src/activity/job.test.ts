import { describe, expect, it } from 'vitest'
import { aCid, begun, provider, requestor, stated } from '../market/market.examples.ts'
import { aJob, someJob, someNonce, someSpec, submission } from './job.examples.ts'
import { advanced, evolveJob, isRunning, type Job, jobId, receipted, tasksLeft } from './job.ts'
import { type JobOutcome, type JobStatus, jobMachine, jobStatuses, standardStatus } from './job-status.ts'
import { JobEnded, JobSealed, JobSubmitted } from './messages.ts'

const outcomes: readonly JobOutcome[] = ['Completed', 'Failed', 'Cancelled']
const end = (status: JobStatus, author = requestor) =>
  stated(JobEnded, { author }, { job: someJob(), status, okCount: 2, failedCount: 1, reason: 'why' })
const seal = (author = requestor) => stated(JobSealed, { author }, { job: someJob(), taskCount: 3, sourceLost: false })

describe('the states of a job', () => {
  it('[JB1] are fifteen, in the words of the mesh', () => {
    expect(jobStatuses).toEqual([
      'PendingAnnouncement',
      'Announced',
      'BiddingOpen',
      'BiddingClosed',
      'AwaitingAssignmentConfirmation',
      'Assigned',
      'PreparingExecution',
      'Running',
      'AwaitingInputs',
      'ProducingOutputs',
      'Completed',
      'Failed',
      'Cancelled',
      'ReceiptGenerated',
      'ReceiptAnchored',
    ])
    expect(jobStatuses.filter(jobMachine.isFinal)).toEqual(['ReceiptAnchored'])
  })

  it.each(jobStatuses.map((status) => [status]))('[JB1] %s can be left towards an end', (status) => {
    const seen = new Set<JobStatus>([status])
    for (const one of seen)
      for (const step of jobMachine.events) {
        const next = jobMachine.next(one, step)
        if (next) seen.add(next)
      }
    expect(seen).toContain('ReceiptAnchored')
  })

  it('[JB1] every job that has not ended can be cancelled and can fail, and none that has', () => {
    const ended = new Set<JobStatus>(['Completed', 'Failed', 'Cancelled', 'ReceiptGenerated', 'ReceiptAnchored'])
    for (const status of jobStatuses) {
      expect(jobMachine.next(status, 'cancel')).toBe(ended.has(status) ? undefined : 'Cancelled')
      expect(jobMachine.next(status, 'fail')).toBe(ended.has(status) ? undefined : 'Failed')
    }
  })

  it('[JB2] are five for everybody else', () => {
    const told = Object.fromEntries(jobStatuses.map((status) => [status, standardStatus(status, 'Failed')]))
    expect(told).toEqual({
      PendingAnnouncement: 'Pending',
      Announced: 'Pending',
      BiddingOpen: 'Pending',
      BiddingClosed: 'Pending',
      AwaitingAssignmentConfirmation: 'Pending',
      Assigned: 'Pending',
      PreparingExecution: 'Running',
      Running: 'Running',
      AwaitingInputs: 'Running',
      ProducingOutputs: 'Running',
      Completed: 'CompletedSuccessfully',
      Failed: 'Failed',
      Cancelled: 'Cancelled',
      ReceiptGenerated: 'Failed',
      ReceiptAnchored: 'Failed',
    })
  })

  it('[JB2] the receipt states say what the outcome was', () => {
    for (const status of ['ReceiptGenerated', 'ReceiptAnchored'] as const)
      expect(outcomes.map((outcome) => standardStatus(status, outcome))).toEqual([
        'CompletedSuccessfully',
        'Failed',
        'Cancelled',
      ])
  })
})

describe('a job', () => {
  it('[JB0] is named by who wants it and a nonce', () => {
    expect(aJob()).toMatchObject({ id: jobId(requestor, someNonce), requestor, status: 'PendingAnnouncement' })
    expect(jobId(provider, someNonce)).not.toBe(jobId(requestor, someNonce))
    const misnamed = stated(
      JobSubmitted,
      { author: requestor },
      {
        job: aCid('another'),
        nonce: someNonce,
        spec: someSpec,
      },
    )
    expect(evolveJob(undefined, misnamed)).toMatchObject({ code: 'job-misnamed' })
    expect(evolveJob(undefined, { ...submission(provider), body: { ...submission().body, author: provider } })).toEqual(
      expect.objectContaining({ code: 'job-misnamed' }),
    )
  })

  it('[JB5] is folded from its requestor’s facts alone, each once', () => {
    const job = aJob()
    expect(evolveJob(job, submission())).toMatchObject({ code: 'job-known' })
    expect(evolveJob(undefined, seal())).toMatchObject({ code: 'job-unknown' })
    expect(evolveJob({ ...job, id: aCid('other') }, seal())).toMatchObject({ code: 'job-unknown' })
    expect(evolveJob(job, seal(provider))).toMatchObject({ code: 'job-not-yours' })
    expect(evolveJob(job, end('Cancelled', provider))).toMatchObject({ code: 'job-not-yours' })
  })

  it('[JB5] knows how many tasks it has once it is sealed', () => {
    expect(tasksLeft(aJob())).toBe(1)
    const sealed = evolveJob(aJob(), seal())
    if (!sealed.ok) throw new Error(sealed.code)
    expect(sealed.value.progress).toMatchObject({ total: 3, isSealed: true })
    expect(tasksLeft(sealed.value)).toBe(3)
    expect(tasksLeft({ ...sealed.value, progress: { ...sealed.value.progress, done: 5 } })).toBe(0)
  })

  it.each([
    ['Completed', 'Completed'],
    ['Cancelled', 'Cancelled'],
    ['Failed', 'Failed'],
    ['Running', 'Failed'],
  ] as const)('[JB5] that ended as %s is over as %s, and takes nothing more', (status, outcome) => {
    const over = evolveJob(aJob(), end(status))
    if (!over.ok) throw new Error(over.code)
    expect(over.value).toMatchObject({ status: outcome, outcome, reason: 'why', endedAt: begun })
    expect(over.value.progress).toMatchObject({ ok: 2, failed: 1, done: 3, inFlight: 0 })
    expect(isRunning(over.value)).toBe(false)
    for (const event of [end('Cancelled'), seal()])
      expect(evolveJob(over.value, event)).toMatchObject({ code: 'job-over', facts: { outcome } })
  })
})

describe('the progress of a job', () => {
  const nothing = { asked: false, proposed: false, agreed: false, ready: false, results: false }
  const seen: readonly [Partial<typeof nothing>, JobStatus][] = [
    [{}, 'BiddingOpen'],
    [{ asked: true }, 'BiddingClosed'],
    [{ asked: true, proposed: true }, 'AwaitingAssignmentConfirmation'],
    [{ asked: true, proposed: true, agreed: true }, 'PreparingExecution'],
    [{ asked: true, proposed: true, agreed: true, ready: true }, 'Running'],
  ]
  it.each(seen)('[JB3] with %j is told as %s', (told, status) => {
    expect(advanced(aJob(), { ...nothing, ...told }).status).toBe(status)
  })

  it('[JB3] awaits inputs while its source gives none, and produces outputs while the last are on their way', () => {
    const running = { ...nothing, asked: true, proposed: true, agreed: true, ready: true }
    const statusOf = (told: Partial<Job['progress']>, seen = running) => {
      const job = aJob()
      return advanced({ ...job, progress: { ...job.progress, ...told } }, seen).status
    }
    expect(statusOf({ total: 0 })).toBe('Running')
    expect(statusOf({ total: 5, done: 5, ok: 5 })).toBe('AwaitingInputs')
    expect(statusOf({ total: 6, done: 5, ok: 5, inFlight: 1 })).toBe('Running')
    expect(statusOf({ total: 6, done: 5, ok: 5, inFlight: 1, isSealed: true })).toBe('ProducingOutputs')
    expect(statusOf({ total: 7, done: 5, ok: 5, inFlight: 1, isSealed: true })).toBe('Running')
    expect(statusOf({ total: 1, inFlight: 1, isSealed: true, awaitingInput: 1 })).toBe('AwaitingInputs')
    expect(statusOf({ total: 6, done: 5, ok: 5, inFlight: 1, isSealed: true }, nothing)).toBe('BiddingOpen')
  })

  it('[JB3] goes back when what stood behind it is gone, and is the same object where nothing changed', () => {
    const running = advanced(aJob(), { asked: true, proposed: true, agreed: true, ready: true, results: false })
    expect(advanced(running, nothing).status).toBe('BiddingOpen')
    const open = advanced(aJob(), nothing)
    expect(advanced(open, nothing)).toBe(open)
  })

  it('[JB3] has an end: a job that is over does not move', () => {
    const over: Job = aJob({ status: 'Failed', outcome: 'Failed' })
    expect(advanced(over, { ...nothing, asked: true })).toBe(over)
  })

  it('[JB4] ends with a receipt and its anchor', () => {
    for (const outcome of outcomes) {
      const over = aJob({ status: outcome, outcome })
      expect(receipted(over, false).status).toBe('ReceiptGenerated')
      expect(receipted(over, true).status).toBe('ReceiptAnchored')
      expect(receipted(receipted(over, false), true).status).toBe('ReceiptAnchored')
    }
    const running = aJob({ status: 'Running' })
    expect(receipted(running, true)).toBe(running)
  })
})
