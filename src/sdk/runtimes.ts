import { type CustomRuntime, checkCustomRuntimes } from '../activity/custom-runtime.ts'
import type { Runtime } from '../activity/runtime.ts'
import { must } from './connect-error.ts'

/** The pool, with a developer's own runtimes where there are any. @throws ConnectError where they cannot be registered */
export async function runtimeWith(pool: Runtime, customs: readonly CustomRuntime[]): Promise<Runtime> {
  if (customs.length === 0) return pool
  must(checkCustomRuntimes(customs))
  const { withCustomRuntimes } = await import('../adapters/workers/custom.ts')
  return withCustomRuntimes(pool, customs)
}
