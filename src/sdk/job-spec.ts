import { sha256 } from '@noble/hashes/sha2.js'
import { evolveJob, type Job, jobId } from '../activity/job.ts'
import { type JobSpec, JobSubmitted, jobSpec, mostOutputBytes } from '../activity/messages.ts'
import { mostFuel } from '../activity/metering/budget.ts'
import { readOrigins } from '../activity/outbound.ts'
import { pageBytes } from '../activity/task.ts'
import type { Amount } from '../kernel/amount.ts'
import { assert } from '../kernel/assert.ts'
import { type Refusal, type Result, refuse } from '../kernel/result.ts'
import { minuteMs, type Timestamp } from '../kernel/time.ts'
import { creditsPlatform, freePlatform } from '../market/demand.ts'
import { presets, usualPreset } from '../market/presets.ts'
import { type Cid, cidOf, isCid } from '../wire/cid.ts'
import { check, type Did } from '../wire/schema.ts'
import type { SubmitRequest } from './api.ts'
import { readRedundancy, redundancyAsked } from './redundancy.ts'

/** ZeroState's sweet spot: thirty seconds, and memory that a phone can spare. */
const usual = { memoryMb: 64, timeoutMs: 30_000, outputBytes: 4 * 1024 * 1024 }
const most = { memoryMb: 4_096, timeoutMs: 3_600_000, outputBytes: mostOutputBytes }
const usualProviders = 16
/** What a number of the wire holds: fifty years of ten thousand threads. */
const mostJobFuel = 2n ** 63n - 1n

/** What the form or the program said becomes a spec, or a refusal that names the field. */
export function specOf(
  request: Omit<SubmitRequest, 'tasks' | 'module'>,
  module: { cid: Cid; signers: readonly Did[]; sizeBytes: number; runtime: string },
  subnet: string,
): Result<JobSpec> {
  const limits = { ...usual, ...request.limits }
  for (const name of ['fuel', 'hostUnits'] as const) {
    const value = limits[name] ?? 1n
    if (value < 1n || value > mostFuel) return refuse('limit-out-of-range', { limit: name, value, most: mostFuel })
  }
  const { content = [] } = request
  const strange = content.findIndex((one) => !isCid(one))
  if (strange >= 0) return refuse('not-a-cid', { index: strange, content: String(content[strange]).slice(0, 80) })
  for (const name of ['memoryMb', 'timeoutMs', 'outputBytes'] as const) {
    const value = limits[name]
    if (!Number.isSafeInteger(value) || value < 1 || value > most[name])
      return refuse('limit-out-of-range', { limit: name, value, most: most[name] })
  }
  const policy = request.policy ?? {}
  const preset = Object.hasOwn(presets, policy.preset ?? usualPreset)
    ? presets[policy.preset ?? usualPreset]
    : undefined
  if (!preset) return refuse('limit-out-of-range', { limit: 'preset', value: String(policy.preset).slice(0, 32) })
  const maxPrice = policy.maxPrice ?? 0n
  const { maxFuel } = policy
  if (maxFuel !== undefined) {
    if (limits.fuel === undefined) return refuse('fuel-limit-needed', { maxFuel })
    if (maxFuel < limits.fuel || maxFuel > mostJobFuel)
      return refuse('limit-out-of-range', { limit: 'maxFuel', value: maxFuel, least: limits.fuel, most: mostJobFuel })
  }
  const strangeShare = shareOutOfRange(policy)
  if (strangeShare) return strangeShare
  const redundancy = readRedundancy(redundancyAsked(policy))
  if (!redundancy.ok) return redundancy
  if (request.interactive && module.runtime !== 'wasi-p1') return refuse('not-available', { option: 'interactive' })
  const outbound = readOrigins(request.outbound ?? [])
  if (!outbound.ok) return outbound
  if (outbound.value.length > 0 && module.runtime !== 'wasi-p1') return refuse('not-available', { option: 'outbound' })
  // Own work has nobody who tells it where the other tasks are.
  if (request.channels && (module.runtime !== 'wasi-p1' || (request.here ?? 'no') !== 'no'))
    return refuse('not-available', { option: 'channels' })
  if (policy.guild && policy.door === 'announcement') return refuse('not-available', { option: 'door' })
  // From provider to provider nothing is sealed.
  if (request.sealed && request.channels) return refuse('not-available', { option: 'channels' })
  const spec = {
    name: (request.name ?? 'job').slice(0, 96),
    module: module.cid,
    moduleSizeBytes: module.sizeBytes,
    ...(module.signers.length > 0 && { signers: [...module.signers] }),
    runtime: module.runtime,
    limits: {
      memoryPages: (limits.memoryMb * 1_048_576) / pageBytes,
      timeoutMs: limits.timeoutMs,
      outputBytes: limits.outputBytes,
      ...(limits.fuel !== undefined && { fuel: limits.fuel }),
      ...(limits.hostUnits !== undefined && { hostUnits: limits.hostUnits }),
      ...(request.deterministic && { seed: seedOf(request.deterministic) }),
    },
    ...(content.length > 0 && { content: [...content] }),
    ...(outbound.value.length > 0 && { outbound: [...outbound.value] }),
    policy: {
      maxPrice: maxPrice as Amount,
      ...(maxFuel !== undefined && { maxFuel }),
      minReputationPermille: policy.minReputation ?? preset.minReputationPermille,
      ...(policy.guild && { guild: policy.guild }),
      ...(policy.avoid && { avoid: [...policy.avoid] }),
      regions: [...(policy.regions ?? [])],
      selection: policy.strategy ?? preset.selection,
      ...(policy.preset !== undefined && { preset: policy.preset }),
      ...(policy.weights?.price !== undefined && { priceWeightPermille: policy.weights.price }),
      ...(policy.weights?.reputation !== undefined && { reputationWeightPermille: policy.weights.reputation }),
      redundancy: redundancy.value,
      mostProviders: request.here === 'only' ? 0 : (policy.mostProviders ?? usualProviders),
      ...reserved(policy),
      door: policy.door ?? 'offers',
    },
    platform: maxPrice > 0n ? creditsPlatform : freePlatform,
    subnet,
    ...(request.channels && { channels: true }),
    ...(request.sealed && { isSealed: true }),
    runHere: request.here === 'only' || request.here === 'too',
    isInteractive: request.interactive === true,
    capture: request.interactive ? 'stream' : (request.capture ?? 'atEnd'),
  }
  const checked = check(jobSpec, spec)
  return checked.ok
    ? checked
    : refuse('limit-out-of-range', { limit: checked.facts['path'] ?? '', reason: checked.facts['reason'] ?? '' })
}

type AskedPolicy = NonNullable<SubmitRequest['policy']>

/** As many threads as an agreement can be about. */
const mostReserved = 256

function shareOutOfRange({ mostThreads = 1, reserve = {} }: AskedPolicy): Refusal<'limit-out-of-range'> | undefined {
  const asked = [
    ['mostThreads', mostThreads, 1, mostReserved],
    ['reserve.threads', reserve.threads ?? 1, 1, mostReserved],
    ['reserve.keepMs', reserve.keepMs ?? 0, 0, minuteMs],
  ] as const
  const strange = asked.find(([, value, least, top]) => !Number.isSafeInteger(value) || value < least || value > top)
  return strange && refuse('limit-out-of-range', { limit: strange[0], value: strange[1], most: strange[3] })
}

const reserved = ({ mostThreads, reserve: { threads, keepMs } = {} }: AskedPolicy) => ({
  ...(mostThreads !== undefined && { mostThreads }),
  ...(threads !== undefined && { reserveThreads: threads }),
  ...(keepMs !== undefined && { keepMs }),
})

/** Thirty-two bytes are a seed as they are; a text is hashed. Whoever names none gets the same each time. */
function seedOf(said: NonNullable<SubmitRequest['deterministic']>): Uint8Array {
  const { seed = '' } = typeof said === 'object' ? said : {}
  return typeof seed === 'string' ? sha256(new TextEncoder().encode(seed)) : seed
}

/** A job that nobody has submitted, to ask the market about it. */
export function draftJob(
  request: Pick<SubmitRequest, 'limits' | 'policy' | 'runtime' | 'interactive' | 'outbound' | 'sealed'>,
  { me, subnet, at }: { me: Did; subnet: string; at: Timestamp },
): Job {
  const runtime = request.runtime ?? 'wasi-p1'
  const module = { cid: cidOf(new Uint8Array(0), 'raw'), signers: [], sizeBytes: 0, runtime }
  const spec = specOf(request, module, subnet)
  const fallback = spec.ok ? spec : specOf({}, module, subnet)
  assert(fallback.ok, 'the usual limits are within the limits')
  return unsubmitted(fallback.value, { me, at })
}

/** The same of a spec that is made. */
export function unsubmitted(spec: JobSpec, { me, at }: { me: Did; at: Timestamp }): Job {
  const nonce = new Uint8Array(16)
  const fields = { job: jobId(me, nonce), nonce, spec }
  const job = evolveJob(undefined, JobSubmitted.author({ author: me, issuedAt: at }, fields))
  assert(job.ok, 'a first event makes a job')
  return { ...job.value, progress: { ...job.value.progress, total: 1_000 } }
}
