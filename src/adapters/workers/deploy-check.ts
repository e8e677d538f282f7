import { hostLimits } from '../../activity/host-abi.ts'
import { mostFuel } from '../../activity/metering/budget.ts'
import type { Outside } from '../../activity/runtime.ts'
import { type Content, mostPages, type TaskLimits } from '../../activity/task.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'

/** What a deployment's tasks may use and read, beside the program itself. */
type Bounds = {
  readonly limits: TaskLimits
  readonly contents: readonly Content[]
  readonly outside: Outside | undefined
}
type BoundsCode = 'limits-not-allowed' | 'contents-over-limit' | 'cannot-be-deterministic'

/** Refuses limits that no runtime can keep. */
export function checkBounds({ limits, contents, outside }: Bounds): Result<void, BoundsCode> {
  const { memoryPages, timeoutMs, outputBytes, fuel = 1n, hostUnits = 1n, seed } = limits
  const areWhole = [memoryPages, timeoutMs, outputBytes].every((limit) => Number.isSafeInteger(limit) && limit > 0)
  if (!areWhole || memoryPages > mostPages) return refuse('limits-not-allowed', { memoryPages, timeoutMs, outputBytes })
  for (const units of [fuel, hostUnits])
    if (units < 1n || units > mostFuel) return refuse('limits-not-allowed', { units, most: mostFuel })
  if (seed && seed.length !== 32) return refuse('limits-not-allowed', { seedBytes: seed.length })
  // What comes from there is another thing every time.
  if (seed && outside) return refuse('cannot-be-deterministic', { because: 'the network' })
  const contentBytes = contents.reduce((sum, { bytes }) => sum + bytes.length, 0)
  if (contents.length > hostLimits.contents || contentBytes > hostLimits.contentBytes)
    return refuse('contents-over-limit', { contents: contents.length, contentBytes })
  return ok(undefined)
}
