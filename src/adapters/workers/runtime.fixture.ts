import type { Deployment, Runtime } from '../../activity/runtime.ts'
import type { RuntimeKind } from '../../activity/runtime-kind.ts'
import type { TaskErrorCode, TaskInput, TaskLimits, TaskOutcome } from '../../activity/task.ts'

/** How what every runtime promises is told: see runtime.contract.ts. No test framework, since a page hears it too. */
export type Story = { readonly name: string; tell(given: Given): Promise<void> }

export type Given = {
  /** A fresh runtime of the given size; the teller stops it. */
  open(options?: { threads?: number; share?: number; cores?: number; mostSilenceMs?: number }): Runtime
  /** fixtures/probe.wasm, world.wasm and talker.wasm, and lines.wasm of the ready-made jobs */
  readonly probe: Uint8Array
  /** fixtures/probe.component.wasm: the same program as a component. */
  readonly component: Uint8Array
  readonly world: Uint8Array
  readonly talker: Uint8Array
  readonly lines: Uint8Array
  /** Waits on the same clock as the runtime's. */
  wait(durationMs: number): Promise<void>
}

export const limits: TaskLimits = { memoryPages: 64, timeoutMs: 5_000, outputBytes: 100_000 }

export type Given1 = Given & { readonly runtime: Runtime }
export const input = (part: Partial<TaskInput> = {}): TaskInput => ({
  args: [],
  env: {},
  stdin: bytes(''),
  files: {},
  ...part,
})
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (given: Uint8Array | undefined): string => new TextDecoder().decode(given)

export class BrokenPromise extends Error {
  override name = 'BrokenPromise'
}

export function equal(actual: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== should) throw new BrokenPromise(`is ${is}, should be ${should}`)
}

export function holds(condition: boolean, sentence: string): void {
  if (!condition) throw new BrokenPromise(sentence)
}

export async function deployed(
  runtime: Runtime,
  module: Uint8Array,
  part: Partial<TaskLimits> = {},
  cid = 'cid',
  kind: RuntimeKind = 'wasi-p1',
): Promise<Deployment> {
  const result = await runtime.deploy({ cid, bytes: module, runtime: kind }, { ...limits, ...part })
  if (!result.ok) throw new BrokenPromise(`not deployed: ${result.code} ${JSON.stringify(result.facts)}`)
  return result.value
}

/** Runs a hostile module once and expects this end of it. */
export async function endsAs(
  runtime: Runtime,
  module: Uint8Array,
  code: TaskErrorCode,
  part: Partial<TaskLimits> = {},
): Promise<TaskOutcome> {
  const outcome = await runtime.run(await deployed(runtime, module, part), input())
  equal([outcome.status, outcome.error?.code, outcome.exitCode], ['failed', code, -1])
  return outcome
}

export const story = (name: string, tell: (given: Given1) => Promise<void>, threads = 1): Story => ({
  name,
  tell: async (given) => {
    const runtime = given.open({ threads, cores: Math.max(threads, 1), share: 1 })
    try {
      await tell({ ...given, runtime })
    } finally {
      await runtime.stop()
    }
  },
})
