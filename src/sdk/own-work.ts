import { toWire } from '../activity/frames.ts'
import { isRunning } from '../activity/job.ts'
import type { WireResult } from '../activity/messages.ts'
import { mostModuleBytes } from '../activity/module.ts'
import { workersFor } from '../activity/rest.ts'
import { fetchContents } from '../adapters/plane/contents.ts'
import { outboundTo, outsideOf } from '../adapters/plane/outside.ts'
import type { RequestorPlane } from '../adapters/plane/requestor-plane.ts'
import { createTaskRuns } from '../adapters/plane/task-runs.ts'
import type { Cid } from '../wire/cid.ts'
import type { Parts } from './mesh.ts'
import { filesOf } from './sealed-job.ts'

/** Own work takes as much of the machine as donating does unless donating was set to more. */
const ownShare = 0.5

/** Runs a job's tasks in this tab, beside whoever else works on it: the same schedule, the same sandbox, no agreement and no receipt. */
export function createOwnWork(parts: Parts, requestor: RequestorPlane) {
  const { node, runtime, content } = parts
  const runs = createTaskRuns({ runtime, keep: content.addFile })
  const running = new Set<Cid>()

  const stored = (cid: Cid, mostBytes: number) => content.fetchFile(cid, { providers: [], open: nowhere, mostBytes })

  async function runHere(job: Cid): Promise<void> {
    const known = node.jobs.get(job)
    if (!known || !isRunning(known) || running.has(job)) return
    const { spec } = known
    running.add(job)
    await remember()
    try {
      const files = await filesOf(parts, known, stored)
      const module = await files.fetchFile(spec.module, mostModuleBytes)
      if (!module.ok)
        return parts.report({
          code: module.code,
          phase: 'deploy',
          message: 'The module of an own job is not stored any more.',
        })
      if (!node.plan || runtime.usage().share < ownShare) {
        runtime.setShare(ownShare)
        runtime.resize(workersFor(ownShare, parts.machine.cores))
      }
      const contents = await fetchContents(spec.content ?? [], files)
      const { module: cid, runtime: kind, outbound: origins } = spec
      // Nobody else is asked here: what the job lists is what may be reached.
      const outbound = await outboundTo({ asked: origins ?? [], isOffered: () => true, moved: () => {} })
      const deployed = contents.ok
        ? await runtime.deploy(
            { cid, bytes: module.value, runtime: kind, contents: contents.value, outside: outsideOf({ outbound }) },
            spec.limits,
          )
        : contents
      if (!deployed.ok) {
        await parts.shell.command({ type: 'cancelJob', job, reason: deployed.code })
        return
      }
      const lane = await requestor.local(job, workersFor(ownShare, parts.machine.cores))
      let finished: WireResult[] = []
      let isTelling = false

      const tell = async (): Promise<void> => {
        if (isTelling) return
        isTelling = true
        while (finished.length > 0) {
          const some = finished
          finished = []
          await lane.finish(some)
        }
        isTelling = false
      }
      const one = async (index: number): Promise<void> => {
        const input = await lane.input(index)
        const placed = { ...input, place: { job, index } }
        const how = { live: lane.live(index, input), fetchContent: stored }
        const outcome = await runs.run(deployed.value, placed, how)
        finished.push(toWire(index, outcome))
        await tell()
        pump()
      }
      const pump = (): void => {
        const known = node.jobs.get(job)
        if (!known || !isRunning(known)) return
        for (const index of lane.take(runs.idle())) void one(index)
      }
      const unlisten = runtime.onIdle(pump)
      const timer = setInterval(pump, lookAgainMs)
      pump()
      await new Promise<void>((resolve) => {
        const watch = setInterval(() => {
          const known = node.jobs.get(job)
          if (known && isRunning(known)) return
          clearInterval(watch)
          resolve()
        }, lookAgainMs)
      })
      clearInterval(timer)
      unlisten()
      lane.leave()
    } finally {
      running.delete(job)
      await remember()
    }
  }

  /** What runs here is known to the next life of this tab, whether its submission said so or a person did later. */
  async function remember(): Promise<void> {
    await parts.log.writeSetting(setting, [...running]).catch(() => {})
  }

  async function resume(): Promise<void> {
    const kept = (await parts.log.readSetting(setting).catch(() => undefined)) as readonly Cid[] | undefined
    const submitted = [...node.jobs.values()].filter(({ spec }) => spec.runHere).map(({ id }) => id)
    for (const job of new Set([...(kept ?? []), ...submitted])) void runHere(job)
  }

  return { runHere, resume, isHere: (job: Cid) => running.has(job) }
}

const nowhere = () => Promise.reject(new Error('no peer has our own files'))

const setting = 'own-work'
/** New tasks of an unsealed job are noticed this soon. */
const lookAgainMs = 250
