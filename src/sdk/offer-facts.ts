import type { Template } from '../activity/custom-runtime.ts'
import { outboundCapability } from '../activity/outbound.ts'
import { channelsCapability } from '../activity/outside.ts'
import { creditsPlatform, freePlatform, interactiveCapability, sealedCapability } from '../market/demand.ts'
import { isPriced } from '../market/offer-price.ts'
import type { OfferFacts, Pricing } from '../market/offer-properties.ts'
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

/** Where it is sold, for how much, and what passed its self-test. */
type Offered = {
  readonly pricing: Pricing
  readonly subnet: string
  readonly runtimes: readonly string[]
  readonly template: Template
  /** Origins that programs may fetch from: only where a program can stand still meanwhile. */
  readonly outbound: readonly string[]
  /** What inputs can be sealed to, in hexadecimal. */
  readonly sealingKey: string | undefined
}

/** The five groups that every offer carries. Where nothing has a price, it sells on no platform: it gives. */
export function offerFacts(
  did: Did,
  machine: Machine,
  options: ProvideOptions,
  { subnet, pricing, runtimes, template, outbound, sealingKey }: Offered,
): OfferFacts {
  const reaches = machine.canWaitForInput && outbound.length > 0
  const platform = isPriced({ pricing }) ? creditsPlatform : freePlatform
  return {
    runtime: {
      name: 'wasm',
      version: '1.0.0',
      capabilities: [
        ...runtimes,
        ...capabilities,
        ...(machine.canWaitForInput ? [interactiveCapability, channelsCapability] : []),
        ...(reaches ? [outboundCapability] : []),
        ...(sealingKey ? [sealedCapability] : []),
      ],
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
    pricing,
    payment: {
      debitNoteIntervalSec,
      paymentTimeoutSec,
      acceptTimeoutSec,
      platforms: [{ name: platform, address: did }],
    },
    node: { name: did.slice(-8), subnet, ...(sealingKey && { sealingKey }) },
    multiActivity: true,
    ...(reaches && { outbound }),
  }
}
