import type { Template } from '../activity/custom-runtime.ts'
import type { Amount } from '../kernel/amount.ts'
import { creditsPlatform, freePlatform, interactiveCapability } from '../market/demand.ts'
import type { OfferFacts } from '../market/offer-properties.ts'
import { counters } from '../market/offer-properties-names.ts'
import type { Did } from '../wire/schema.ts'
import type { ProvideOptions } from './api.ts'

/** What this machine is, as far as its browser tells. */
export type Machine = {
  readonly cores: number
  readonly memoryMb: number
  readonly storageMb: number
  readonly wasmFeatures: readonly string[]
  readonly benchmark: number
  /** A program can stand still here until its input comes. */
  readonly canWaitForInput: boolean
}

/** What every tab here can, whatever runs the program. */
const capabilities = ['stdin', 'files', 'receipts', 'fuel']
export const defaultSubnet = 'public'
/** Golem's defaults (B3.5): two minutes between notes, as much to pay, four to accept. */
const debitNoteIntervalSec = 120
const paymentTimeoutSec = 120
const acceptTimeoutSec = 240

/** Where it is sold, and what passed its self-test. */
type Offered = {
  readonly subnet: string
  readonly runtimes: readonly string[]
  readonly template: Template
}

/** The five groups that every offer carries. A price of 0 sells on no platform: it gives. */
export function offerFacts(
  did: Did,
  machine: Machine,
  options: ProvideOptions,
  { subnet, runtimes, template }: Offered,
): OfferFacts {
  const perSecond = (options.pricePerSecond ?? 0n) as Amount
  const platform = perSecond > 0n ? creditsPlatform : freePlatform
  return {
    runtime: {
      name: 'wasm',
      version: '1.0.0',
      capabilities: [...runtimes, ...capabilities, ...(machine.canWaitForInput ? [interactiveCapability] : [])],
      template,
    },
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
    pricing: { usageVector: [counters.durationSec], coefficients: [perSecond], fixed: 0n as Amount },
    payment: {
      debitNoteIntervalSec,
      paymentTimeoutSec,
      acceptTimeoutSec,
      platforms: [{ name: platform, address: did }],
    },
    node: { name: did.slice(-8), subnet },
    multiActivity: true,
  }
}
