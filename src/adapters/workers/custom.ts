import type { CustomProgram, CustomRuntime } from '../../activity/custom-runtime.ts'
import type { Live } from '../../activity/live.ts'
import type { Deployable, DeployCode, Deployment, Runtime } from '../../activity/runtime.ts'
import type { StopSignal } from '../../activity/stop-signal.ts'
import { checkInput, failedTask, type TaskInput, type TaskLimits, type TaskOutcome } from '../../activity/task.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'

/** Deployed programs of developers' runtimes that are kept: as many as a worker keeps modules. */
const mostPrograms = 8

/** The pool, and beside it runtimes of a developer's own. Their tasks take the place of a worker's in what is said to be idle. */
export function withCustomRuntimes(pool: Runtime, customs: readonly CustomRuntime[]): Runtime {
  const byName = new Map(customs.map((custom) => [custom.name, custom]))
  const programs = new Map<string, Promise<CustomProgram>>()
  const deployed = new WeakSet<CustomProgram>()
  const listeners = new Set<() => void>()
  const stopping = new AbortController()
  let running = 0

  async function deploy(program: Deployable, limits: TaskLimits): Promise<Result<Deployment, DeployCode>> {
    const custom = byName.get(program.runtime)
    if (!custom) return pool.deploy(program, limits)
    if (stopping.signal.aborted) return refuse('stopped')
    const key = [custom.name, program.cid, ...Object.values(limits)].join(' ')
    try {
      const made = await programOf(key, () => custom.deploy(program.bytes, limits))
      const deployment: Deployment = { key, cid: program.cid, limits, program: made }
      deployed.add(made)
      return ok(deployment)
    } catch (cause) {
      programs.delete(key)
      return refuse('start-failed', { reason: messageOf(cause) })
    }
  }

  function programOf(key: string, make: () => Promise<CustomProgram>): Promise<CustomProgram> {
    const made = programs.get(key) ?? make()
    programs.set(key, made)
    const oldest = programs.keys().next().value
    if (programs.size > mostPrograms && oldest !== undefined) programs.delete(oldest)
    return made
  }

  async function run(deployment: Deployment, input: TaskInput, signal?: StopSignal, live?: Live): Promise<TaskOutcome> {
    // A script runs it under what is left of its limits: another deployment of the same program.
    const program = deployment.program as CustomProgram
    if (!deployed.has(program)) return pool.run(deployment, input, signal, live)
    const checked = checkInput(input)
    if (!checked.ok) return failedTask('input-not-allowed', `${checked.code} ${JSON.stringify(checked.facts)}`)
    running += 1
    try {
      return await untilItsTime(program, input, deployment.limits, signal)
    } finally {
      running -= 1
      for (const listener of [...listeners]) listener()
    }
  }

  /** What the developer's code does after its time, or after it was stopped, is not waited for. */
  function untilItsTime(
    program: CustomProgram,
    input: TaskInput,
    { timeoutMs }: TaskLimits,
    signal: StopSignal | undefined,
  ): Promise<TaskOutcome> {
    const ending = new AbortController()
    return new Promise((resolve) => {
      const end = (code: 'timed-out' | 'stopped') => () => {
        resolve(
          failedTask(code, code === 'stopped' ? 'stopped by whoever asked for it' : `longer than ${timeoutMs} ms`),
        )
        ending.abort()
      }
      const [late, stopped] = [end('timed-out'), end('stopped')]
      const timer = setTimeout(late, timeoutMs)
      for (const from of [signal, stopping.signal]) {
        if (from?.aborted) stopped()
        from?.addEventListener('abort', stopped)
      }
      ending.signal.addEventListener('abort', () => clearTimeout(timer))
      program
        .run(input, ending.signal)
        .then(resolve, (cause) => resolve(failedTask('trapped', messageOf(cause))))
        .finally(() => {
          clearTimeout(timer)
          for (const from of [signal, stopping.signal]) from?.removeEventListener('abort', stopped)
        })
    })
  }

  return {
    ...pool,
    deploy,
    run,
    idle: () => Math.max(0, pool.idle() - running),
    onIdle(listener) {
      const forget = pool.onIdle(listener)
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        forget()
      }
    },
    async stop() {
      stopping.abort()
      listeners.clear()
      await pool.stop()
    },
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : 'it failed').slice(0, 200)
