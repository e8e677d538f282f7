import type { Amount } from '../kernel/amount.ts'
import { hourMs, type Timestamp, timestamp } from '../kernel/time.ts'
import { type Cid, cidOf } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { EventKind, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { AgreementBody } from './agreement.ts'
import { creditsPlatform, demandProperties, termsOf, type Wanted } from './demand.ts'
import { AgreementProposed, type Terms } from './messages.ts'
import type { OfferFacts } from './offer-properties.ts'
import { buildOfferProperties } from './offer-properties-build.ts'
import { counters } from './offer-properties-names.ts'
import type { Properties } from './property.ts'

/** Parties, offers and agreements that tests speak of. */
export const aDid = (letter: string): Did => `did:key:z6Mk${letter.repeat(44)}` as Did
export const aCid = (name: string): Cid => cidOf(encode(name), 'dag-cbor')
export const requestor = aDid('R')
export const provider = aDid('P')
export const stranger = aDid('S')
export const begun = timestamp(1_700_000_000_000)

export const someFacts: OfferFacts = {
  runtime: { name: 'wasm', version: '1.0.0', capabilities: ['wasi-p1', 'stdin'] },
  hardware: {
    cores: 4,
    threads: 4,
    memoryMib: 1_024,
    storageMib: 0,
    wasmFeatures: ['simd128'],
    loadPermille: 0,
    region: 'eu-central',
  },
  pricing: { usageVector: [counters.durationSec], coefficients: [10n as Amount], fixed: 0n as Amount },
  payment: {
    debitNoteIntervalSec: 120,
    paymentTimeoutSec: 120,
    acceptTimeoutSec: 240,
    platforms: [{ name: creditsPlatform, address: 'did:key:payee' }],
  },
  node: { name: 'fox', subnet: 'public' },
  multiActivity: true,
}

/** The properties of an offer: the facts above, but for what is told otherwise. */
export function anOffer(told: Partial<OfferFacts> = {}): Properties {
  const built = buildOfferProperties({ ...someFacts, ...told })
  if (!built.ok) throw new Error(`${built.code}: ${JSON.stringify(built.facts)}`)
  return built.value
}

export const someWish: Wanted = {
  module: aCid('module'),
  signers: [],
  runtime: 'wasi-p1',
  capabilities: [],
  outbound: [],
  memoryMb: 64,
  threads: 2,
  platform: creditsPlatform,
  subnet: 'public',
  expiresAt: (begun + hourMs) as Timestamp,
}
export const aDemand = (told: Partial<Wanted> = {}, offer = anOffer()): Properties =>
  demandProperties({ ...someWish, ...told }, offer)

export function someTerms(): Terms {
  const terms = termsOf(aDemand(), anOffer())
  if (!terms.ok) throw new Error(terms.code)
  return terms.value
}

/** A proposed agreement between requestor and provider, to be signed within 30 s. */
export const proposedAgreement = (): Verified<AgreementBody> =>
  AgreementProposed.author(
    { author: requestor, issuedAt: begun },
    {
      to: provider,
      proposal: aCid('proposal'),
      demand: aCid('job'),
      offer: aCid('offer'),
      terms: someTerms(),
      approveUntil: timestamp(begun + 30_000),
    },
  )

/** An event as `author` would state it, at `issuedAt`, after `prev`. */
export const stated = <Type extends string, Fields>(
  kind: EventKind<Type, Fields>,
  head: { author: Did; issuedAt?: number; prev?: Cid | undefined },
  fields: Fields,
) => kind.author({ author: head.author, issuedAt: timestamp(head.issuedAt ?? begun), prev: head.prev }, fields)
