import type { Live } from '../../activity/live.ts'
import type { Deployment, Runtime, TaskProgress } from '../../activity/runtime.ts'
import type { StopSignal } from '../../activity/stop-signal.ts'
import { failedTask, type PlacedInput, type TaskOutcome, type TaskPlace } from '../../activity/task.ts'
import type { Result } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Supervised } from './script-run.ts'

/** Content for a script: refused where there is more than `mostBytes`. */
export type FetchContent = (cid: Cid, mostBytes: number, signal: AbortSignal) => Promise<Result<Uint8Array>>

export type RunHow = {
  readonly fetchContent: FetchContent
  readonly signal?: StopSignal | undefined
  readonly live?: Live | undefined
}

/** Runs tasks: one run of the runtime each, or a script, of which each `run` is one. */
export type TaskRuns = {
  /** How many tasks would be taken up now: a script keeps its place also while none of its programs runs. */
  idle(): number
  /** Never rejects. */
  run(deployment: Deployment, input: PlacedInput, how: RunHow): Promise<TaskOutcome>
  /** As the runtime's, and after each command of a script: of the whole of it. Gives the function that ends it. */
  onProgress(listener: (told: TaskProgress) => void): () => void
}

type Ports = {
  readonly runtime: Pick<Runtime, 'idle' | 'run' | 'onProgress'>
  /** Puts what a script transfers out into the store. */
  keep(bytes: Uint8Array): Promise<unknown>
}

export function createTaskRuns({ runtime, keep }: Ports): TaskRuns {
  let betweenRuns = 0
  const listeners = new Set<(told: TaskProgress) => void>()
  /** How far scripts are, by their task. */
  const begun = new Map<string, { readonly done: number; readonly of: number }>()

  async function script(deployment: Deployment, input: PlacedInput, how: RunHow): Promise<TaskOutcome> {
    const { place, script = [] } = input
    const isAt = (done: number): void => {
      if (!place) return
      begun.set(nameOf(place), { done, of: script.length })
      for (const listener of listeners) listener({ place, permille: Math.round((1_000 * done) / script.length) })
    }
    const runOnce: Supervised['runOnce'] = async (limits, one) => {
      betweenRuns -= 1
      const outcome = await runtime.run({ ...deployment, limits }, one, how.signal, how.live && unread(how.live))
      betweenRuns += 1
      return outcome
    }
    betweenRuns += 1
    try {
      const { supervise } = await import('./script-run.ts')
      return await supervise({ input, limits: deployment.limits, how, runOnce, keep, isAt })
    } catch {
      return failedTask('start-failed', 'what carries out scripts could not be loaded')
    } finally {
      betweenRuns -= 1
      if (place) begun.delete(nameOf(place))
    }
  }

  /** What a program says of itself is said of its command. */
  function ofWhole({ place, permille }: TaskProgress): TaskProgress {
    const { done, of } = begun.get(nameOf(place)) ?? { done: 0, of: 1 }
    return { place, permille: Math.min(1_000, Math.round((1_000 * done + permille) / of)) }
  }

  return {
    onProgress(listener) {
      const forget = runtime.onProgress((told) => listener(ofWhole(told)))
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        forget()
      }
    },
    idle: () => Math.max(0, runtime.idle() - betweenRuns),
    run: (deployment, input, how) =>
      input.script ? script(deployment, input, how) : runtime.run(deployment, input, how.signal, how.live),
  }
}

const nameOf = ({ job, index }: TaskPlace): string => `${job}/${index}`

/** A run's own input is none of the terminal's. */
const unread = (live: Live): Live => ({ ...live, heard: (word) => live.heard({ ...word, readBytes: 0 }) })
