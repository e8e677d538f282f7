import { ok, type Result, refuse } from '../kernel/result.ts'
import { bodiesOf } from './metering/bodies.ts'
import { readShape } from './metering/shape.ts'
import type { CoreKind } from './module.ts'
import { limitMemory } from './module-limit.ts'
import type { PrepareCode } from './prepare.ts'
import { sameEverywhere } from './same-everywhere.ts'

/**
 * Whether a module can be made to have the same outcome everywhere, by its bytes: read as `prepareModule` does for that, and nothing
 * written. Never throws.
 */
export function readComparable(
  bytes: Uint8Array,
  { runtime, memoryPages }: { readonly runtime: CoreKind; readonly memoryPages: number },
): Result<void, PrepareCode> {
  const limited = limitMemory(bytes, memoryPages, runtime)
  if (!limited.ok) return limited
  const shape = readShape(bytes)
  if (!shape.ok) return sameEverywhere(shape, true)
  const code = shape.value.sections.find(({ id }) => id === 10)
  const bodies = bodiesOf(bytes, shape.value, code, { isDeterministic: true, isShared: false }).all()
  if (!('feature' in bodies)) return ok(undefined)
  return sameEverywhere(refuse('feature-not-allowed', { feature: bodies.feature }), true)
}
