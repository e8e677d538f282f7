import { jobId } from '../../activity/job.ts'
import type { JobSpec } from '../../activity/messages.ts'
import type { Amount } from '../../kernel/amount.ts'
import { creditsPlatform, freePlatform } from '../../market/demand.ts'
import { counters } from '../../market/offer-properties-names.ts'
import type { Plan } from '../../node/input.ts'
import { usualCredit } from '../../payment/credit.ts'
import { type Cid, cidOf } from '../../wire/cid.ts'
import type { Did } from '../../wire/schema.ts'
import { storedJob } from '../disk.ts'
import type { Host } from '../shell.ts'
import { randomBytes } from '../signing.ts'

const runtime = 'wasi-p1'
const subnet = 'public'
export const module: Cid = cidOf(new Uint8Array([0, 97, 115, 109]), 'raw')

/** What a machine of so many threads lends. @param perSecond micro-credits a second; 0 gives */
export const planOf =
  (threads: number, perSecond = 0n, intervalSec = 10) =>
  (did: Did): Plan => ({
    facts: {
      runtime: { name: 'wasm', version: '1.0.0', capabilities: [runtime, 'stdin', 'files', 'receipts'] },
      hardware: {
        cores: threads,
        threads,
        memoryMib: 512 * threads,
        storageMib: 1_024,
        wasmFeatures: ['simd128'],
        loadPermille: 0,
        region: 'unknown',
        benchmark: 100,
      },
      pricing: { usageVector: [counters.durationSec], coefficients: [perSecond as Amount], fixed: 0n as Amount },
      payment: {
        debitNoteIntervalSec: intervalSec,
        paymentTimeoutSec: 120,
        acceptTimeoutSec: 240,
        platforms: [{ name: perSecond > 0n ? creditsPlatform : freePlatform, address: did }],
      },
      node: { name: did.slice(-8), subnet },
      multiActivity: true,
    },
    threads,
    memoryMb: 512 * threads,
    blocked: [],
    strangersLimit: usualCredit.strangersTogether,
  })

export type Wish = {
  readonly tasks: number
  /** Micro-credits for the whole job; 0: only what is given. */
  readonly maxPrice?: bigint
  readonly mostProviders?: number
  readonly timeoutMs?: number
  /** By which a job looks for providers; offers unless said. */
  readonly door?: JobSpec['policy']['door']
}

/** A person submits a job: its tasks are stored, then it is sealed. Undefined where the tab or its disk does not answer now. */
export function submit(host: Host, wish: Wish): Cid {
  const { tasks, maxPrice = 0n, mostProviders = 4, timeoutMs = 30_000, door = 'offers' } = wish
  const nonce = randomBytes(host.rng, 16)
  const job = jobId(host.did, nonce)
  const spec: JobSpec = {
    name: 'job',
    module,
    moduleSizeBytes: 4,
    runtime,
    limits: { memoryPages: 1_024, timeoutMs, outputBytes: 4_194_304 },
    policy: {
      maxPrice: maxPrice as Amount,
      minReputationPermille: 0,
      regions: [],
      selection: 'hybrid',
      copies: 1,
      mostProviders,
      door,
    },
    platform: maxPrice > 0n ? creditsPlatform : freePlatform,
    subnet,
    runHere: false,
    isInteractive: false,
    capture: 'atEnd',
  }
  host.command({ type: 'submitJob', job, nonce, spec })
  storedJob(host.disk, job).taskCount = tasks
  host.command({ type: 'sealJob', job, taskCount: tasks, sourceLost: false })
  host.plane.requestor.extended(job)
  return job
}
