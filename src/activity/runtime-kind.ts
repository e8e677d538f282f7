import { ok, type Result, refuse } from '../kernel/result.ts'
import { exportedFunctions, inspectModule, isComponent, type ModuleCode } from './module.ts'

/**
 * How a program is run. Every provider here has all three; a developer may register others by a name of their own.
 * - `wasi-p1` a command of WASI preview 1: `_start` is called, a fresh instance a task
 * - `component` a component of WASI preview 2 that exports `wasi:cli/run`
 * - `function` a core module of which a task calls one exported function by its name
 */
export const runtimeKinds = ['wasi-p1', 'component', 'function'] as const
export type RuntimeKind = (typeof runtimeKinds)[number]

export const isRuntimeKind = (name: string): name is RuntimeKind => (runtimeKinds as readonly string[]).includes(name)

/** RK1: what runs these bytes, by what they are and export. Never throws. */
export function kindOf(bytes: Uint8Array): Result<RuntimeKind, ModuleCode> {
  if (isComponent(bytes)) return ok('component')
  const exported = exportedFunctions(bytes)
  if (!exported.ok) return exported
  return ok(exported.value.includes('_start') ? 'wasi-p1' : 'function')
}

/** Whether that runtime takes these bytes, as far as this machine can tell: of a developer's runtime only its providers can. */
export function inspectProgram(bytes: Uint8Array, runtime: string): Result<unknown, ModuleCode> {
  if (!isRuntimeKind(runtime)) return ok(undefined)
  return runtime === 'component' ? refuse('is-a-component', { layer: 1 }) : inspectModule(bytes, runtime)
}
