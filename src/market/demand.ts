import { hexToBytes } from '@noble/hashes/utils.js'
import { isAmount } from '../kernel/amount.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { minuteMs, secondMs, type Timestamp } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import type { Expression } from './constraints.ts'
import { allOf, where } from './constraints-build.ts'
import type { Terms } from './messages.ts'
import { intervalPrice } from './offer-price.ts'
import { counters, propertyNames } from './offer-properties-names.ts'
import { readOfferProperties } from './offer-properties-read.ts'
import { isList, type Properties, type PropertyValue } from './property.ts'

/** What a requestor is looking for, before it is written in the language. */
export type Wanted = {
  readonly module: Cid
  /** Who signed it, as the requestor says; undefined where it keeps that to itself. */
  readonly signers: readonly Did[] | undefined
  readonly runtime: string
  /** What the offer's runtime must be capable of besides. */
  readonly capabilities: readonly string[]
  /** Origins that its programs fetch from: the offer must list each of them. */
  readonly outbound: readonly string[]
  readonly memoryMb: number
  readonly threads: number
  readonly platform: string
  readonly subnet: string
  readonly expiresAt: Timestamp
}

/** A runtime that can hold a program until somebody types says so with this word. */
export const interactiveCapability = 'interactive'
/** A machine that names a key to which inputs can be sealed says so with this one. */
export const sealedCapability = 'sealed'

/** Names that a demand adds to the standard ones. */
export const demandNames = {
  /** String: one of the offer's capabilities, which runs the program. */
  runtime: 'tabmesh.demand.runtime',
  /** Number: threads to be reserved. */
  threads: 'tabmesh.demand.threads',
  /** Number: MiB to be reserved, all threads together. */
  memoryMib: 'tabmesh.demand.memory-mib',
  /** List of strings: the identities that signed the program. */
  signers: 'tabmesh.demand.signers',
} as const

/** Price 0 on every counter: work given away. */
export const freePlatform = 'none'
export const creditsPlatform = 'credits'

/** What a demand says of itself; intervals are repeated from the offer, which is how a negotiable is agreed in one turn. */
export function demandProperties(wanted: Wanted, offer: Properties): Properties {
  const repeated = [propertyNames.debitNoteIntervalSec, propertyNames.paymentTimeoutSec, propertyNames.acceptTimeoutSec]
  const intervals = repeated.flatMap((name) => (offer[name] === undefined ? [] : [[name, offer[name]] as const]))
  return {
    [propertyNames.taskPackage]: wanted.module,
    [propertyNames.chosenPlatform]: wanted.platform,
    [propertyNames.subnet]: wanted.subnet,
    [propertyNames.expiration]: wanted.expiresAt,
    [demandNames.runtime]: wanted.runtime,
    [demandNames.threads]: wanted.threads,
    [demandNames.memoryMib]: wanted.memoryMb * wanted.threads,
    ...(wanted.signers && { [demandNames.signers]: [...wanted.signers] }),
    ...Object.fromEntries<PropertyValue>(intervals),
  }
}

/** Who is said to have signed the program: nothing is proven before its bytes are there. */
export function signersIn(demand: Properties): readonly string[] | undefined {
  const said = demand[demandNames.signers]
  return said !== undefined && isList(said) ? said.filter((one) => typeof one === 'string') : undefined
}

/** What a demand asks of an offer. Price stays out: it is a reason of its own in the funnel, not a mismatch. */
export function demandConstraints({
  runtime,
  capabilities,
  outbound,
  memoryMb,
  subnet,
}: Pick<Wanted, 'runtime' | 'capabilities' | 'outbound' | 'memoryMb' | 'subnet'>): Expression {
  const asked = [
    ...[runtime, ...capabilities].map((name) => where(propertyNames.runtimeCapabilities, '=', name)),
    ...outbound.map((origin) => where(propertyNames.outboundOrigins, '=', origin)),
    where(propertyNames.threads, '>=', 1),
    where(propertyNames.memoryGib, '>=', { decimal: (Math.ceil((memoryMb * 1000) / 1024) / 1000).toFixed(3) }),
    where(propertyNames.subnet, '=', subnet),
  ]
  return allOf(asked.flatMap((one) => (one.ok ? [one.value] : [])))
}

export type TermsCode =
  | 'terms-incomplete'
  | 'runtime-not-offered'
  | 'platform-not-shared'
  | 'offer-not-readable'
  | 'counter-unknown'

/** Silence that ends an agreement: a reload takes a second, a sleeping laptop comes back within minutes. */
export const graceMs = 2 * minuteMs
/** B3.5: no activity for 90 s ends it. */
export const idleMs = 90 * secondMs

/** TM1: both sides derive the terms from what was proposed, so that neither can slip in another figure. */
export function termsOf(demand: Properties, offer: Properties): Result<Terms, TermsCode> {
  const facts = readOfferProperties(offer)
  if (!facts.ok) return refuse('offer-not-readable', { reason: facts.code })
  const { runtime, pricing, payment, node } = facts.value
  const platform = demand[propertyNames.chosenPlatform]
  const threads = demand[demandNames.threads]
  const memoryMb = demand[demandNames.memoryMib]
  const expiresAt = demand[propertyNames.expiration]
  if (typeof threads !== 'number' || typeof memoryMb !== 'number' || typeof expiresAt !== 'number')
    return refuse('terms-incomplete')
  if (typeof platform !== 'string' || !payment.platforms.some(({ name }) => name === platform)) {
    return refuse('platform-not-shared', { chosen: String(platform) })
  }
  const wantedRuntime = demand[demandNames.runtime]
  if (typeof wantedRuntime !== 'string' || !runtime.capabilities.includes(wantedRuntime))
    return refuse('runtime-not-offered', { runtime: String(wantedRuntime) })
  const unknown = pricing.usageVector.find((name) => !knownCounters.has(name))
  if (unknown !== undefined) return refuse('counter-unknown', { counter: unknown })
  const interval = secondsOf(demand[propertyNames.debitNoteIntervalSec]) ?? payment.debitNoteIntervalSec
  const priced = {
    threads,
    memoryMb,
    usageVector: [...pricing.usageVector],
    coefficients: [...pricing.coefficients, pricing.fixed].filter(isAmount),
    debitNoteIntervalMs: interval * secondMs,
  }
  return ok({
    ...priced,
    runtime: wantedRuntime,
    ...(node.sealingKey !== undefined && { sealingKey: hexToBytes(node.sealingKey) }),
    platform,
    acceptTimeoutMs: (secondsOf(demand[propertyNames.acceptTimeoutSec]) ?? payment.acceptTimeoutSec) * secondMs,
    paymentTimeoutMs: (secondsOf(demand[propertyNames.paymentTimeoutSec]) ?? payment.paymentTimeoutSec) * secondMs,
    creditLimit: intervalPrice(priced),
    expiresAt: expiresAt as Timestamp,
    graceMs,
    idleMs,
  })
}

/** TM2: what neither side can measure is not agreed, free or not. */
const knownCounters: ReadonlySet<string> = new Set(Object.values(counters))

const secondsOf = (value: PropertyValue | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined
