import { jobId } from '../../activity/job.ts'
import type { JobSpec } from '../../activity/messages.ts'
import type { Amount } from '../../kernel/amount.ts'
import { assert } from '../../kernel/assert.ts'
import { creditsPlatform, freePlatform } from '../../market/demand.ts'
import { isPriced, type PriceList, pricingOf } from '../../market/offer-price.ts'
import type { Pricing } from '../../market/offer-properties.ts'
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

/** What a machine of so many threads lends. @param price micro-credits a second, or a list; 0 gives */
export const planOf =
  (threads: number, price: bigint | PriceList = 0n, intervalSec = 10) =>
  (did: Did): Plan => ({
    facts: {
      runtime: { name: 'wasm', version: '1.0.0', capabilities: [runtime, 'stdin', 'files', 'receipts', 'fuel'] },
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
      pricing: pricingFor(price),
      payment: {
        debitNoteIntervalSec: intervalSec,
        paymentTimeoutSec: 120,
        acceptTimeoutSec: 240,
        platforms: [{ name: isPriced({ pricing: pricingFor(price) }) ? creditsPlatform : freePlatform, address: did }],
      },
      node: { name: did.slice(-8), subnet },
      multiActivity: true,
    },
    threads,
    memoryMb: 512 * threads,
    blocked: [],
    strangersLimit: usualCredit.strangersTogether,
  })

function pricingFor(price: bigint | PriceList): Pricing {
  const pricing = pricingOf(typeof price === 'bigint' ? { perSecond: price } : price)
  assert(pricing.ok, 'a scenario sells at a price that is a sum')
  return pricing.value
}

const once = { mode: 'once' } as const

export type Wish = {
  readonly tasks: number
  /** Micro-credits for the whole job; 0: only what is given. */
  readonly maxPrice?: bigint
  readonly mostProviders?: number
  /** Units of one task, and of the whole job. */
  readonly fuel?: { readonly perTask: bigint; readonly most: bigint }
  readonly timeoutMs?: number
  /** By which a job looks for providers; offers unless said. */
  readonly door?: JobSpec['policy']['door']
  readonly mostThreads?: number
  readonly reserveThreads?: number
  readonly keepMs?: number
  /** Once unless said. */
  readonly redundancy?: JobSpec['policy']['redundancy']
}

/** A person submits a job: its tasks are stored, then it is sealed. Undefined where the tab or its disk does not answer now. */
export function submit(host: Host, wish: Wish): Cid {
  const { mostThreads, reserveThreads, keepMs } = wish
  const { tasks, maxPrice = 0n, mostProviders = 4, timeoutMs = 30_000, door = 'offers', fuel, redundancy = once } = wish
  const nonce = randomBytes(host.rng, 16)
  const job = jobId(host.did, nonce)
  const spec: JobSpec = {
    name: 'job',
    module,
    moduleSizeBytes: 4,
    runtime,
    limits: {
      memoryPages: 1_024,
      timeoutMs,
      outputBytes: 4_194_304,
      fuel: fuel?.perTask,
      ...(redundancy.mode !== 'once' && { seed: new Uint8Array(32) }),
    },
    policy: {
      maxPrice: maxPrice as Amount,
      maxFuel: fuel?.most,
      minReputationPermille: 0,
      regions: [],
      selection: 'hybrid',
      redundancy,
      mostProviders,
      ...(mostThreads !== undefined && { mostThreads }),
      ...(reserveThreads !== undefined && { reserveThreads }),
      ...(keepMs !== undefined && { keepMs }),
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
