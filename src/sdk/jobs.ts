import { isRunning, jobId, type Job as NodeJob, nothingYet } from '../activity/job.ts'
import { standardStatus } from '../activity/job-status.ts'
import type { JobSpec } from '../activity/messages.ts'
import { inspectProgram, kindOf } from '../activity/runtime-kind.ts'
import { contentOf } from '../activity/script.ts'
import type { TaskInput } from '../activity/task.ts'
import { signersOf } from '../adapters/identity/module-signing.ts'
import type { RequestorPlane } from '../adapters/plane/requestor-plane.ts'
import { StorageFailure } from '../adapters/storage.port.ts'
import { isOverAt } from '../guild/guild.ts'
import { peerIdOfDid } from '../identity/did.ts'
import { zero } from '../kernel/amount.ts'
import { setBounded } from '../kernel/bound.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { costOfJob } from '../node/money.ts'
import { type Cid, isCid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import { agreementsOf } from './agreement-view.ts'
import type { Job, JobSummary, JobView, SubmitRequest, TaskResult } from './api.ts'
import { attainable } from './attainable.ts'
import { checkBudget } from './budget.ts'
import { withFirstTask } from './first-task.ts'
import { checkPromises } from './job-promises.ts'
import { specOf } from './job-spec.ts'
import { createSummaries } from './job-summary.ts'
import type { Parts } from './mesh.ts'
import { createOwnWork } from './own-work.ts'
import { createPace } from './pace.ts'
import { checkable, redundancyAsked } from './redundancy.ts'
import { createRemoval } from './removal.ts'
import { sealedSpec } from './sealed-job.ts'
import { type Store, until } from './store.ts'
import { storedFrames } from './stored-frames.ts'
import { resultOf } from './task-result.ts'
import { drain } from './task-source.ts'
import { terminalOf } from './terminal.ts'
import { usageOf } from './usage.ts'

/** Refusals that can still be asked about: as many as a person submits in a day. */
const mostRefused = 200
/** Results read at a time. */
const resultsPerRead = 64
const cameToNothing = (reason: string): JobSummary => ({
  status: 'Failed',
  reason,
  completed: 0,
  failed: 0,
  cost: zero,
  receipts: [],
  providers: [],
})

export function createJobs(parts: Parts, requestor: RequestorPlane, store: Store) {
  const { node, shell, content, jobs: disk, blocks } = parts
  const summaryOf = createSummaries(parts, store)
  const ownWork = createOwnWork(parts, requestor)
  const paces = createPace()
  /** Submissions that came to nothing before the node knew of a job. */
  const refused = new Map<Cid, JobSummary>()
  /** Submitted in this life of the tab, and not yet known to the node. */
  const begun = new Set<Cid>()
  const removeForgotten = createRemoval(parts)
  requestor.onTalk((job) => store.touch([`job:${job}`]))
  const frames = storedFrames(disk)
  const terminals = {
    requestor,
    isInteractive: (job: Cid) => node.jobs.get(job)?.spec.isInteractive,
    isOver: (job: Cid) => !isKnown(job) || node.jobs.get(job)?.outcome !== undefined,
    known: (job: Cid, index: number) =>
      until(store, () => (begun.has(job) || isComing(node.jobs.get(job), index) ? undefined : true)),
    subscribe: store.subscribe,
    async ended(job: Cid, index: number) {
      const result = await frames.ofTask(job, index)
      const [task] = result ? await disk.tasks(job, [index]) : []
      return result && task && { ...result, stdin: task.stdin }
    },
  }

  function submit(request: SubmitRequest): Job {
    const nonce = crypto.getRandomValues(new Uint8Array(16))
    const id = jobId(node.me, nonce)
    begun.add(id)
    const unexpected = (error: unknown) => refuse(codeOf(error), { reason: messageOf(error) })
    void begin(id, nonce, request)
      .catch(unexpected)
      .then((outcome) => {
        if (outcome.ok) return
        const { code, facts } = outcome
        const reason = [code, ...Object.entries(facts).map(([name, fact]) => `${name}: ${fact}`)].join(' ')
        if (node.jobs.has(id)) return void shell.command({ type: 'cancelJob', job: id, reason: reason.slice(0, 256) })
        setBounded(refused, id, cameToNothing(code), mostRefused)
        begun.delete(id)
        parts.report({ code, phase: 'submit', message: reason })
        store.touch([`job:${id}`])
      })
    return handleOf(id)
  }

  async function begin(id: Cid, nonce: Uint8Array, asked: SubmitRequest): Promise<Result<void>> {
    const { guild } = asked.policy ?? {}
    const room = guild && node.guilds.get(guild)?.guild
    if (guild && (room?.creator !== node.me || isOverAt(room, parts.at()))) return refuse('guild-unknown', { guild })
    const request = guild ? { ...asked, sealed: true } : asked // GU8
    const tasks = withFirstTask(request.tasks)
    if (!tasks.ok) return tasks
    const plain = await specFor(request)
    const spec = plain.ok && request.sealed ? await sealedSpec(parts, id, plain.value) : plain
    if (!spec.ok) return spec
    const enough = checkBudget(parts, { ...request, runtime: spec.value.runtime })
    if (!enough.ok) return enough
    const sure = attainable(spec.value, parts)
    if (!sure.ok) return sure
    for (const one of [spec.value.module, ...(spec.value.content ?? [])]) await blocks.pin(one, id)
    const submitted = await shell.command({ type: 'submitJob', job: id, nonce, spec: spec.value })
    if (!submitted.ok) return submitted
    begun.delete(id)
    if (spec.value.runHere) void ownWork.runHere(id)
    void handleOf(id).done.then(() => blocks.unpin(id))
    return drainTasks(id, tasks.value)
  }

  /** What a request says, once its module is stored and was looked at. */
  async function specFor(request: Omit<SubmitRequest, 'tasks'>): Promise<Result<JobSpec>> {
    const given = await moduleOf(request.module)
    if (!given.ok) return given
    const { cid, bytes } = given.value
    const runtime = request.runtime === undefined ? kindOf(bytes) : ok(request.runtime)
    if (!runtime.ok) return runtime
    const inspected = await inspect(bytes, runtime.value)
    if (!inspected.ok) return inspected
    const signed = await signersOf(bytes, parts.verify)
    if (!signed.ok) return signed
    const { signers } = signed.value
    const module = { cid, signers, sizeBytes: bytes.length, runtime: runtime.value }
    const spec = specOf(request, module, parts.subnet)
    if (!spec.ok) return spec
    const able = await checkPromises(spec.value, bytes, parts)
    if (!able.ok) return able
    return checkable(spec.value, redundancyAsked(request.policy), { bytes, workers: parts.runtime })
  }

  /** What reads components is loaded when the first one is submitted. */
  async function inspect(bytes: Uint8Array, runtime: string): Promise<Result<unknown>> {
    if (runtime !== 'component') return inspectProgram(bytes, runtime)
    const { inspectComponent } = await import('../activity/component.ts')
    return inspectComponent(bytes)
  }

  async function moduleOf(module: SubmitRequest['module']): Promise<Result<{ cid: Cid; bytes: Uint8Array }>> {
    if (typeof module === 'string') {
      if (!isCid(module)) return refuse('not-a-cid', { module: String(module).slice(0, 80) })
      const found = await content.fetchFile(module, {
        providers: [],
        open: () => Promise.reject(new Error('not stored here')),
      })
      return found.ok ? ok({ cid: module, bytes: found.value }) : found
    }
    const bytes = await bytesOf(module)
    if (!bytes.ok) return bytes
    const cid = await content.addFile(bytes.value)
    return cid.ok ? ok({ cid: cid.value, bytes: bytes.value }) : cid
  }

  async function drainTasks(id: Cid, tasks: SubmitRequest['tasks']): Promise<Result<void>> {
    const drained = await take(id, tasks, 0)
    if (drained.ok) return seal(id, false)
    if (drained.code !== 'source-lost') return drained
    parts.report({ code: drained.code, phase: 'submit', message: String(drained.facts['reason']) })
    return seal(id, true)
  }

  /** Stores and hands out tasks as they come. @param from how many were stored before */
  function take(id: Cid, tasks: SubmitRequest['tasks'], from: number): Promise<Result<void>> {
    let count = from
    const pinned = new Set<Cid>()
    return drain(tasks, {
      store(chunk) {
        const first = count
        count += chunk.length
        for (const cid of contentsOf(chunk).filter((one) => !pinned.has(one))) {
          pinned.add(cid)
          void blocks.pin(cid, id).catch(() => {})
        }
        return requestor.given(id, first, chunk)
      },
      hurry: () => requestor.hurry(id),
      isInteractive: node.jobs.get(id)?.spec.isInteractive === true,
    })
  }

  async function seal(id: Cid, sourceLost: boolean, earlierCount?: number): Promise<Result<void>> {
    const taskCount = await disk.taskCount(id)
    const sealed = await shell.command({ type: 'sealJob', job: id, taskCount, sourceLost, earlierCount })
    if (!sealed.ok) return sealed
    await requestor.extended(id)
    return ok(undefined)
  }

  function handleOf(id: Cid): Job {
    let summary: Promise<JobSummary> | undefined
    return {
      id,
      get progress() {
        return node.jobs.get(id)?.progress ?? nothingYet
      },
      get checking() {
        return node.jobs.get(id)?.spec.policy.redundancy
      },
      view: () => viewOf(id),
      results: () => resultsOf(id),
      get done() {
        summary ??= ended(id)
        return summary
      },
      async cancel(reason = 'cancelled') {
        const known = node.jobs.get(id)
        if (known && isRunning(known)) await shell.command({ type: 'cancelJob', job: id, reason })
      },
      runHere: () => ownWork.runHere(id),
      terminal: (index = 0) => terminalOf(terminals, id, index),
      usage: () => usageOf(node, id, requestor.usage(id)),
    }
  }

  const isKnown = (id: Cid): boolean => node.jobs.has(id) || begun.has(id)

  function ended(id: Cid): Promise<JobSummary> {
    const find = () => refused.get(id) ?? (isKnown(id) ? summaryOf(node.jobs.get(id)) : cameToNothing('job-unknown'))
    return until(store, find)
  }

  async function* resultsOf(id: Cid): AsyncGenerator<TaskResult> {
    let position = 0
    let arrived = Promise.withResolvers<void>()
    const wake = () => {
      arrived.resolve()
      arrived = Promise.withResolvers<void>()
    }
    const isOver = () => !isKnown(id) || node.jobs.get(id)?.outcome !== undefined
    const forget = [
      requestor.onResults((job) => job === id && wake()),
      // Anything else that changes is no reason to look.
      store.subscribe(() => isOver() && wake()),
    ]
    try {
      for (;;) {
        const next = arrived.promise
        const isLast = isOver()
        const rows = requestor.fresh(id, position, resultsPerRead) ?? (await disk.results(id, position, resultsPerRead))
        for (const { position: at, result } of rows) {
          position = at
          yield resultOf(result)
        }
        if (rows.length > 0) continue
        if (isLast) return
        await next
      }
    } finally {
      for (const undo of forget) undo()
    }
  }

  function viewOf(id: Cid): JobView | undefined {
    const job = node.jobs.get(id)
    if (!job) return undefined
    const { spec, status, outcome, reason, submittedAt, endedAt, progress } = job
    const pace = paces.of(id, progress.done, parts.now())
    const left = progress.total - progress.done
    return {
      id,
      spec,
      stage: job.stage,
      status,
      standardStatus: standardStatus(status, outcome ?? 'Completed'),
      outcome,
      reason,
      submittedAt,
      endedAt,
      progress,
      ratePerSecond: outcome ? undefined : pace,
      leftMs: pace && progress.isSealed && !outcome ? (left / pace) * 1_000 : undefined,
      cost: costOfJob(node, id),
      usage: usageOf(node, id, requestor.usage(id)),
      lanes: requestor.lanes(id).map(({ provider, threads, inFlight, told, done, taskMs, isPaused }) => ({
        provider,
        isHere: provider === node.me,
        threads,
        inFlight,
        told,
        done,
        taskMs,
        isPaused,
        via: linkTo(provider)?.via,
      })),
      agreements: agreementsOf(node, id),
    }
  }

  const linkTo = (did: Did) => {
    const peerId = peerIdOfDid(did)
    return parts.network.links().find((link) => link.peerId === peerId)
  }

  return {
    submit,
    specFor,
    take,
    seal,
    views: () => [...node.jobs.keys()].flatMap((id) => viewOf(id) ?? []).sort((a, b) => b.submittedAt - a.submittedAt),
    handle: (id: string) => (isKnown(id as Cid) || refused.has(id as Cid) ? handleOf(id as Cid) : undefined),
    /** What is stored of jobs that the node has forgotten leaves the disk. */
    removeForgotten,
    /** After a start: what was stored goes on; what an iterable had not yet given is lost with the tab that held it. */
    resume() {
      void removeForgotten()
      for (const job of node.jobs.values()) {
        void handleOf(job.id).done.then(() => blocks.unpin(job.id))
        if (!isRunning(job)) continue
        // The tasks of a stage follow from what it reads, and are made again.
        if (job.stage && !job.progress.isSealed) continue
        void (job.progress.isSealed ? requestor.extended(job.id) : seal(job.id, true))
      }
      void ownWork.resume()
    },
  }
}

/** What scripts bring in: kept until the job is over. */
const contentsOf = (tasks: readonly TaskInput[]): Cid[] =>
  tasks.flatMap(({ script = [] }) => script.flatMap((command) => contentOf(command) ?? []))

/** A task that its source has not given yet. */
const isComing = (job: NodeJob | undefined, index: number): boolean =>
  job !== undefined && isRunning(job) && !job.progress.isSealed && job.progress.total <= index

/** Of a failure of the disk, or of something that nobody expected. */
const codeOf = (error: unknown): string => (error instanceof StorageFailure ? error.code : 'unexpected')
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '').slice(0, 160)

async function bytesOf(module: Uint8Array | Blob | URL): Promise<Result<Uint8Array>> {
  if (module instanceof Uint8Array) return ok(module)
  if (module instanceof Blob) return ok(new Uint8Array(await module.arrayBuffer()))
  try {
    const response = await fetch(module)
    return response.ok
      ? ok(new Uint8Array(await response.arrayBuffer()))
      : refuse('module-not-fetched', { status: response.status })
  } catch (error) {
    return refuse('module-not-fetched', { reason: error instanceof Error ? error.message : '' })
  }
}
