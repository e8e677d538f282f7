import type { JobSpec } from '../activity/messages.ts'
import { inspectModule, isCoreKind } from '../activity/module.ts'
import type { Runtime } from '../activity/runtime.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { mostCopies, mostFaultPpm, mostWitnesses, type Redundancy } from '../market/messages.ts'
import { presets, usualPreset } from '../market/presets.ts'
import type { SubmitRequest } from './api.ts'
import type { RedundancyRequest } from './api-checking.ts'

/** A sixteenth of what was computed is looked at again where nobody says how much. */
const usualSample = 1 / 16

/** What somebody asked for by name, a preset's included: nothing less will do. Undefined where nothing was said, or only what is usual anyway. */
export function redundancyAsked({ redundancy, preset }: Policy = {}): RedundancyRequest | undefined {
  const byPreset = presets[preset ?? usualPreset].redundancy
  return redundancy ?? (byPreset === 'adaptive' ? undefined : byPreset)
}
type Policy = NonNullable<SubmitRequest['policy']>

/** What was asked for, in the words of the wire: adaptive unless said. */
export function readRedundancy(asked: RedundancyRequest = 'adaptive'): Result<Redundancy> {
  if (asked === 'once' || asked === 'adaptive') return ok({ mode: asked })
  if (typeof asked !== 'object' || asked === null) return outOfRange({ redundancy: String(asked).slice(0, 32) })
  if ('quorum' in asked) {
    const { quorum, of } = asked
    const isFine = areWhole(quorum, of) && quorum >= 1 && quorum <= of && of <= mostCopies
    return isFine ? ok({ mode: 'quorum', quorum, copies: of }) : outOfRange({ quorum, of, most: mostCopies })
  }
  if ('witnesses' in asked) {
    const { witnesses, sample = usualSample } = asked
    const isFine = areWhole(witnesses) && witnesses >= 1 && witnesses <= mostWitnesses && sample > 0 && sample <= 1
    const samplePermille = Math.ceil(sample * 1_000)
    return isFine
      ? ok({ mode: 'witnessed', witnesses, samplePermille })
      : outOfRange({ witnesses, sample, most: mostWitnesses })
  }
  // Beyond a millionth no figure would mean anything.
  const faultPpm = Math.round((1 - asked.confidence) * 1_000_000)
  if (!(faultPpm <= mostFaultPpm)) return refuse('limit-out-of-range', { limit: 'confidence', value: asked.confidence })
  return faultPpm >= 1
    ? ok({ mode: 'confidence', faultPpm })
    : refuse('confidence-unattainable', { asked: asked.confidence, best: 0.999999 })
}

const areWhole = (...numbers: readonly number[]): boolean => numbers.every(Number.isSafeInteger)
const outOfRange = (facts: Record<string, number | string>) => refuse('quorum-out-of-range', facts)

/**
 * The same job, so that its answers can be checked as it says: made deterministic where it is not. Where that cannot be, a job of
 * which nobody said anything computes each task once and says why; one that asked for more is refused.
 */
export async function checkable(
  spec: JobSpec,
  asked: RedundancyRequest | undefined,
  program: { readonly bytes: Uint8Array; readonly workers: Runtime },
): Promise<Result<JobSpec>> {
  const { policy, limits } = spec
  if (policy.redundancy.mode === 'once') return ok(spec)
  const because = isAlone(spec) && asked === undefined ? 'one machine alone' : await whyNotComparable(spec, program)
  const placeless = isPlaceless(spec, program.bytes) && { isPlaceless: true }
  if (because === undefined) return ok({ ...spec, ...placeless, limits: { ...limits, seed: limits.seed ?? anySeed() } })
  if (asked !== undefined) return refuse('not-comparable', { because })
  return ok({ ...spec, policy: { ...policy, redundancy: { mode: 'once', because } } })
}

/** KN1: whether its program runs alike in whatever place of its job. A fuel budget is kept by the place. */
function isPlaceless({ runtime, policy }: JobSpec, bytes: Uint8Array): boolean {
  if (policy.redundancy.mode !== 'adaptive' || policy.maxFuel !== undefined || !isCoreKind(runtime)) return false
  const facts = inspectModule(bytes, runtime)
  return facts.ok && !facts.value.imports.some((name) => showsPlace.has(name))
}
/** A chance that is seeded is another one in each place. */
const showsPlace: ReadonlySet<string> = new Set(['task_index', 'job_id', 'random_get'])

/** Nobody said which: then no two jobs have the same chance. */
const anySeed = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32))

const isAlone = ({ policy, runHere }: JobSpec): boolean => policy.mostProviders + (runHere ? 1 : 0) < 2

/** Why two runs of one task may differ, although both are right. */
async function whyNotComparable(
  { isInteractive, capture, channels, outbound, runtime, limits, module }: JobSpec,
  { bytes, workers }: { readonly bytes: Uint8Array; readonly workers: Runtime },
): Promise<string | undefined> {
  if (isInteractive) return 'input that is typed'
  if (capture === 'stream') return 'output that is told as it comes'
  if (channels) return 'what other tasks say'
  if (outbound) return 'the network'
  if (!isCoreKind(runtime)) return `the runtime ${runtime}`
  if (limits.seed) return undefined // looked at before
  const prepared =
    bytes.length > mostBytesInPage
      ? await workers.deploy({ cid: module, bytes, runtime }, { ...limits, seed: new Uint8Array(32) })
      : (await import('../activity/comparable.ts')).readComparable(bytes, { runtime, memoryPages: limits.memoryPages })
  return prepared.ok ? undefined : String(prepared.facts['because'] ?? prepared.code).slice(0, 64)
}

/** So much is looked through in about the time of a frame; what is larger is for a worker, whose start takes longer. */
const mostBytesInPage = 524_288
