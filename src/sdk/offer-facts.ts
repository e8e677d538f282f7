import { ok, type Result } from '../kernel/result.ts'
import { creditsPlatform, freePlatform } from '../market/demand.ts'
import { isPriced, pricingOf } from '../market/offer-price.ts'
import type { OfferFacts } from '../market/offer-properties.ts'
import type { Did } from '../wire/schema.ts'
import type { ProvideOptions } from './api.ts'

/** What this machine is, as far as its browser tells. */
export type Machine = {
  readonly cores: number
  readonly memoryMb: number
  readonly storageMb: number
  readonly wasmFeatures: readonly string[]
  readonly benchmark: number
}

export const runtimeName = 'wasi-p1'
export const defaultSubnet = 'public'
/** Golem's defaults (B3.5): two minutes between notes, as much to pay, four to accept. */
const debitNoteIntervalSec = 120
const paymentTimeoutSec = 120
const acceptTimeoutSec = 240

/** The five groups that every offer carries. Where nothing has a price, it sells on no platform: it gives. */
export function offerFacts(
  did: Did,
  machine: Machine,
  options: ProvideOptions,
  subnet: string,
): Result<OfferFacts, 'price-out-of-range'> {
  const pricing = pricingOf(options.pricing ?? {})
  if (!pricing.ok) return pricing
  const platform = isPriced({ pricing: pricing.value }) ? creditsPlatform : freePlatform
  return ok({
    runtime: { name: runtimeName, version: '1.0.0', capabilities: ['stdin', 'files', 'receipts'] },
    hardware: {
      cores: machine.cores,
      threads: machine.cores,
      memoryMib: machine.memoryMb,
      storageMib: machine.storageMb,
      wasmFeatures: machine.wasmFeatures,
      loadPermille: 0,
      region: options.region ?? 'unknown',
      benchmark: machine.benchmark,
    },
    pricing: pricing.value,
    payment: {
      debitNoteIntervalSec,
      paymentTimeoutSec,
      acceptTimeoutSec,
      platforms: [{ name: platform, address: did }],
    },
    node: { name: did.slice(-8), subnet },
    multiActivity: true,
  })
}
