import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import { decode, encode } from '../wire/codec.ts'
import type { OfferFacts } from './offer-properties.ts'
import { buildOfferProperties } from './offer-properties-build.ts'
import { counters, platformAddress, platformOf, propertyNames } from './offer-properties-names.ts'
import {
  checkOfferProperties,
  maxPlatforms,
  readOfferProperties,
  readPlatforms,
  readPricing,
} from './offer-properties-read.ts'
import { checkProperties, isPropertyName, type Properties, type PropertyValue } from './property.ts'

const facts: OfferFacts = {
  runtime: { name: 'wasi-preview1', version: '1.0.0', capabilities: ['stdin'] },
  hardware: {
    cores: 8,
    threads: 4,
    memoryMib: 1536,
    storageMib: 0,
    wasmFeatures: ['simd128', 'bulk-memory'],
    loadPermille: 250,
    region: 'eu-central',
    benchmark: 410,
  },
  pricing: {
    usageVector: [counters.durationSec, counters.cpuSec],
    coefficients: [20n as Amount, 150n as Amount],
    fixed: 1000n as Amount,
  },
  payment: {
    debitNoteIntervalSec: 120,
    paymentTimeoutSec: 120,
    acceptTimeoutSec: 240,
    platforms: [{ name: 'credits-mesh-credit', address: 'did:key:seller' }],
  },
  node: { name: 'blue-fox', subnet: 'public' },
  multiActivity: true,
}

function built(from: OfferFacts): Properties {
  const properties = buildOfferProperties(from)
  if (!properties.ok) throw new Error(JSON.stringify(properties.facts))
  return properties.value
}
const without = (name: string): Properties =>
  Object.fromEntries(Object.entries(built(facts)).filter(([key]) => key !== name))
const changed = (name: string, value: PropertyValue): Properties => ({ ...built(facts), [name]: value })

describe('properties of an offer', () => {
  it('[PP12] carry every group', () => {
    expect(checkOfferProperties(built(facts))).toEqual({ ok: true, value: undefined })
    expect(built(facts)).toMatchObject({
      'golem.inf.mem.gib': { number: '1.5' },
      'golem.inf.storage.gib': 0,
      'golem.runtime.version': { version: '1.0.0' },
      'golem.com.pricing.model.linear.coeffs': [20, 150, 1000],
      'golem.com.scheme.payu.debit-note.interval-sec?': 120,
      'golem.com.payment.platform.credits-mesh-credit.address': 'did:key:seller',
    })
  })

  it.each([
    [propertyNames.runtimeName, 'offer-lacks-runtime'],
    [propertyNames.runtimeVersion, 'offer-lacks-runtime'],
    [propertyNames.runtimeCapabilities, 'offer-lacks-runtime'],
    [propertyNames.cores, 'offer-lacks-hardware'],
    [propertyNames.threads, 'offer-lacks-hardware'],
    [propertyNames.memoryGib, 'offer-lacks-hardware'],
    [propertyNames.storageGib, 'offer-lacks-hardware'],
    [propertyNames.wasmFeatures, 'offer-lacks-wasm-features'],
    [propertyNames.loadPermille, 'offer-lacks-load'],
    [propertyNames.region, 'offer-lacks-region'],
    [propertyNames.pricingModel, 'offer-lacks-pricing'],
    [propertyNames.usageVector, 'offer-lacks-pricing'],
    [propertyNames.coefficients, 'offer-lacks-pricing'],
    [propertyNames.scheme, 'offer-lacks-payment-terms'],
    [propertyNames.debitNoteIntervalSec, 'offer-lacks-payment-terms'],
    [propertyNames.paymentTimeoutSec, 'offer-lacks-payment-terms'],
    [propertyNames.acceptTimeoutSec, 'offer-lacks-payment-terms'],
    [platformAddress('credits-mesh-credit'), 'offer-lacks-platform'],
    [propertyNames.nodeName, 'offer-lacks-node'],
    [propertyNames.subnet, 'offer-lacks-node'],
    [propertyNames.multiActivity, 'offer-lacks-node'],
  ])('[PP12] without %s: %s', (name, code) => {
    const refusal = checkOfferProperties(without(name))
    expect(refusal).toMatchObject({ ok: false, code })
    if (code !== 'offer-lacks-platform') expect(refusal).toMatchObject({ facts: { name, found: 'nothing' } })
  })

  const wrong: [string, PropertyValue, string][] = [
    [propertyNames.runtimeName, '', 'offer-lacks-runtime'],
    [propertyNames.runtimeVersion, '1.0.0', 'offer-lacks-runtime'],
    [propertyNames.runtimeCapabilities, [1], 'offer-lacks-runtime'],
    [propertyNames.cores, 0, 'offer-lacks-hardware'],
    [propertyNames.cores, 1025, 'offer-lacks-hardware'],
    [propertyNames.threads, '4', 'offer-lacks-hardware'],
    [propertyNames.memoryGib, 0, 'offer-lacks-hardware'],
    [propertyNames.memoryGib, -1, 'offer-lacks-hardware'],
    [propertyNames.memoryGib, { number: '0.1' }, 'offer-lacks-hardware'],
    [propertyNames.memoryGib, 2 ** 40, 'offer-lacks-hardware'],
    [propertyNames.benchmark, 'fast', 'offer-lacks-hardware'],
    [propertyNames.loadPermille, 1001, 'offer-lacks-load'],
    [propertyNames.region, ['eu'], 'offer-lacks-region'],
    [propertyNames.wasmFeatures, 'simd128', 'offer-lacks-wasm-features'],
    [propertyNames.pricingModel, 'auction', 'offer-lacks-pricing'],
    [propertyNames.usageVector, [counters.cpuSec, counters.cpuSec], 'offer-lacks-pricing'],
    [propertyNames.coefficients, [20, 150], 'offer-lacks-pricing'],
    [propertyNames.coefficients, [20, { number: '1.5' }, 0], 'offer-lacks-pricing'],
    [propertyNames.coefficients, [20, -1, 0], 'offer-lacks-pricing'],
    [propertyNames.scheme, 'barter', 'offer-lacks-payment-terms'],
    [propertyNames.paymentTimeoutSec, 86_401, 'offer-lacks-payment-terms'],
    [propertyNames.acceptTimeoutSec, 0, 'offer-lacks-payment-terms'],
    [platformAddress('credits-mesh-credit'), '', 'offer-lacks-platform'],
    [propertyNames.multiActivity, 'yes', 'offer-lacks-node'],
    [propertyNames.outboundOrigins, 'https://one.example', 'offer-origins-malformed'],
    [propertyNames.outboundOrigins, Array.from({ length: 9 }, () => 'https://one.example'), 'offer-origins-malformed'],
  ]
  it.each(wrong)('[PP12] refuses %s = %j', (name, value, code) => {
    expect(checkOfferProperties(changed(name, value))).toMatchObject({ ok: false, code })
  })

  it('[PP12] may carry more, and may leave the benchmark out', () => {
    expect(checkOfferProperties(changed('my.own', 1)).ok).toBe(true)
    expect(checkOfferProperties(without(propertyNames.benchmark)).ok).toBe(true)
  })
  it('[PP12] names at most eight platforms, and one at least', () => {
    const platforms = (count: number) =>
      buildOfferProperties({
        ...facts,
        payment: {
          ...facts.payment,
          platforms: Array.from({ length: count }, (_, i) => ({ name: `p${i}`, address: 'x' })),
        },
      })
    expect(platforms(maxPlatforms).ok).toBe(true)
    expect(platforms(0)).toMatchObject({ code: 'offer-lacks-platform' })
    expect(platforms(maxPlatforms + 1)).toMatchObject({ code: 'offer-lacks-platform' })
  })

  it('[PP13] are read back to the facts that they were built from, also over the wire', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,11}$/)
    const seconds = fc.integer({ min: 1, max: 86_400 })
    const price = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map((value) => value as Amount)
    const anyFacts: fc.Arbitrary<OfferFacts> = fc.record({
      runtime: fc.record({
        name: word,
        version: fc.constantFrom('0.1.0', '1.2.3-rc.1+x'),
        capabilities: fc.array(word),
      }),
      hardware: fc.record(
        {
          cores: fc.integer({ min: 1, max: 1024 }),
          threads: fc.integer({ min: 1, max: 1024 }),
          memoryMib: fc.integer({ min: 1, max: 2 ** 30 }),
          storageMib: fc.integer({ min: 0, max: 2 ** 30 }),
          wasmFeatures: fc.array(word),
          loadPermille: fc.integer({ min: 0, max: 1000 }),
          region: word,
          benchmark: fc.nat(10_000),
        },
        { requiredKeys: ['cores', 'threads', 'memoryMib', 'storageMib', 'wasmFeatures', 'loadPermille', 'region'] },
      ),
      pricing: fc
        .record({
          terms: fc.uniqueArray(fc.tuple(word, price), { selector: ([name]) => name, maxLength: 6 }),
          fixed: price,
        })
        .map(({ terms, fixed }) => ({
          usageVector: terms.map(([name]) => name),
          coefficients: terms.map(([, coefficient]) => coefficient),
          fixed,
        })),
      payment: fc.record({
        debitNoteIntervalSec: seconds,
        paymentTimeoutSec: seconds,
        acceptTimeoutSec: seconds,
        platforms: fc
          .uniqueArray(word, { minLength: 1, maxLength: maxPlatforms })
          .map((names) => names.sort().map((name) => ({ name, address: `address of ${name}` }))),
      }),
      node: fc.record({ name: fc.string({ maxLength: 20 }), subnet: word }),
      multiActivity: fc.boolean(),
    })
    fc.assert(
      fc.property(anyFacts, (from) => {
        const sent = decode(encode(built(from)))
        expect(sent.ok && readOfferProperties(sent.value)).toEqual({ ok: true, value: from })
      }),
    )
  })

  it.each<[string, OfferFacts]>([
    ['half a core', { ...facts, hardware: { ...facts.hardware, cores: 1.5 } }],
    ['half a MiB', { ...facts, hardware: { ...facts.hardware, memoryMib: 0.5 } }],
    ['memory below zero', { ...facts, hardware: { ...facts.hardware, memoryMib: -1 } }],
    ['a coefficient too few', { ...facts, pricing: { ...facts.pricing, coefficients: [] } }],
    ['a version that is none', { ...facts, runtime: { ...facts.runtime, version: 'new' } }],
    ['a region of a megabyte', { ...facts, hardware: { ...facts.hardware, region: 'x'.repeat(2 ** 20) } }],
  ])('[PP13] %s builds nothing', (_, from) => expect(buildOfferProperties(from).ok).toBe(false))

  it('[PP11] junk is refused, never thrown', () => {
    const names = fc.constantFrom(...Object.values(propertyNames), platformAddress('x'), '__proto__')
    const some = fc.dictionary(names, fc.anything({ withBigInt: true }))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          some,
          some.map((more) => ({ ...built(facts), ...more })),
        ),
        (input) => {
          expect(typeof checkOfferProperties(input).ok).toBe('boolean')
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('names', () => {
  it('[PP2] are all names of the language', () => {
    const all = [...Object.values(propertyNames), ...Object.values(counters), platformAddress('erc20-polygon-glm')]
    expect(all.filter((name) => !isPropertyName(name))).toEqual([])
    expect(new Set(all).size).toBe(all.length)
  })
  it('[PP12] a platform is found in the name of its address', () => {
    expect(platformOf(platformAddress('erc20-polygon-glm'))).toBe('erc20-polygon-glm')
    expect([
      platformOf('golem.com.payment.platform..address'),
      platformOf('a.address'),
      platformOf('golem.com.payment.platform.x'),
    ]).toEqual([undefined, undefined, undefined])
    expect(
      readPlatforms({ [platformAddress('b')]: 'y', [platformAddress('a')]: 'x', [platformAddress('c')]: 1 }),
    ).toEqual([
      { name: 'a', address: 'x' },
      { name: 'b', address: 'y' },
    ])
  })
  it('[PP12] a price is read from properties alone', () => {
    expect(readPricing(built(facts))).toEqual({ ok: true, value: facts.pricing })
    expect(checkProperties(built(facts)).ok).toBe(true)
  })
})
