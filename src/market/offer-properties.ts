import type { LinearPricing } from './price.ts'
import type { PropertyCode } from './property.ts'

/** What every offer says of itself. */
export type OfferFacts = {
  readonly runtime: {
    readonly name: string
    readonly version: string
    readonly capabilities: readonly string[]
    /** Properties under `tabmesh.runtime.` that runtimes of a developer's own say of themselves. */
    readonly template?: Readonly<Record<string, string | number | boolean>>
  }
  readonly hardware: {
    readonly cores: number
    readonly threads: number
    readonly memoryMib: number
    readonly storageMib: number
    readonly wasmFeatures: readonly string[]
    /** Thousandths of the offered threads at work. */
    readonly loadPermille: number
    /** As declared; nobody checks it. */
    readonly region: string
    /** Millions of steps a second of one thread, of the self-benchmark. */
    readonly benchmark?: number
  }
  readonly pricing: Pricing
  readonly payment: {
    readonly debitNoteIntervalSec: number
    readonly paymentTimeoutSec: number
    readonly acceptTimeoutSec: number
    /** Ordered by name. */
    readonly platforms: readonly Platform[]
  }
  readonly node: {
    readonly name: string
    readonly subnet: string
    /** X25519, 64 hexadecimal digits: what is sealed to it, this node alone can open. */
    readonly sealingKey?: string
  }
  /** Origins that programs may fetch from; none where absent. */
  readonly outbound?: readonly string[]
  readonly multiActivity: boolean
}
export type Pricing = LinearPricing & { readonly usageVector: readonly string[] }
export type Platform = { readonly name: string; readonly address: string }

export type OfferCode =
  | PropertyCode
  | 'offer-lacks-runtime'
  | 'offer-lacks-hardware'
  | 'offer-lacks-wasm-features'
  | 'offer-lacks-load'
  | 'offer-lacks-region'
  | 'offer-lacks-pricing'
  | 'offer-lacks-payment-terms'
  | 'offer-lacks-platform'
  | 'offer-lacks-node'
  | 'offer-origins-malformed'
