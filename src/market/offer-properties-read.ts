import { compareStrings } from '../kernel/bytes.ts'
import { ok, type Refusal, type Result, refuse } from '../kernel/result.ts'
import { parseVersion } from './literal-version.ts'
import type { OfferCode, OfferFacts, Platform, Pricing } from './offer-properties.ts'
import { amounts, filled, memoryMib, texts, whole } from './offer-properties-field.ts'
import { platformAddress, platformOf, propertyNames } from './offer-properties-names.ts'
import { checkProperties, maxListItems, type Properties, propertyOf } from './property.ts'

/** A day, Golem's own upper bound of both intervals. */
const maxIntervalSec = 86_400
/** Drivers that one wallet serves; the intersection of two lists is looked for on every match. */
export const maxPlatforms = 8
/** Larger machines do not run browsers. */
const maxCores = 1024
/** 10¹⁵ steps a second: a bound, no machine. */
const maxBenchmark = 2 ** 30
/** As many as a person lists by hand; a demand names each of them. */
const maxOrigins = 8
/** Coefficients behind a usage vector: one list holds them and the fixed fee. */
const maxCounters = maxListItems - 1

/** Whether an offer carries every group that it must, each in its kind and range. The facts name what is wrong. */
export function checkOfferProperties(input: unknown): Result<void, OfferCode> {
  const facts = readOfferProperties(input)
  return facts.ok ? ok(undefined) : facts
}

/** What was read of properties that are still held somewhere: one offer is looked at by every fold, bid and agreement about it. */
const known = new WeakMap<object, Result<OfferFacts, OfferCode>>()

/** The same, giving what was read. Other properties may stand beside; they are not looked at. */
export function readOfferProperties(input: unknown): Result<OfferFacts, OfferCode> {
  if (typeof input !== 'object' || input === null) return readAnew(input)
  const before = known.get(input)
  if (before) return before
  const read = readAnew(input)
  known.set(input, read)
  return read
}

function readAnew(input: unknown): Result<OfferFacts, OfferCode> {
  const checked = checkProperties(input)
  if (!checked.ok) return checked
  const all = checked.value
  const runtime = readRuntime(all)
  if (!runtime.ok) return runtime
  const hardware = readHardware(all)
  if (!hardware.ok) return hardware
  const pricing = readPricing(all)
  if (!pricing.ok) return pricing
  const payment = readPayment(all)
  if (!payment.ok) return payment
  const node = readNode(all)
  if (!node.ok) return node
  const outbound = readOutbound(all)
  if (!outbound.ok) return outbound
  return ok({
    runtime: runtime.value,
    hardware: hardware.value,
    pricing: pricing.value,
    payment: payment.value,
    ...node.value,
    ...outbound.value,
  })
}

/** The price that properties state: of an offer, or of an agreement made of them. */
export function readPricing(all: Properties): Result<Pricing, 'offer-lacks-pricing'> {
  const lacks = (name: string, expected: string) => lacking('offer-lacks-pricing', all, name, expected)
  if (propertyOf(all, propertyNames.pricingModel) !== 'linear') return lacks(propertyNames.pricingModel, '"linear"')
  const usageVector = texts(all, propertyNames.usageVector)
  if (!usageVector || usageVector.length > maxCounters || new Set(usageVector).size !== usageVector.length) {
    return lacks(propertyNames.usageVector, `up to ${maxCounters} names of counters, none twice`)
  }
  const stated = amounts(all, propertyNames.coefficients)
  if (stated?.length !== usageVector.length + 1) {
    return lacks(propertyNames.coefficients, `${usageVector.length + 1} whole micro-credits, the fixed fee last`)
  }
  return ok({ usageVector, coefficients: stated.slice(0, -1), fixed: stated[stated.length - 1]! })
}

/** The platforms that properties give an address for, ordered by name. */
export const readPlatforms = (all: Properties): Platform[] =>
  Object.entries(all)
    .flatMap(([key, address]) => {
      const name = platformOf(key)
      return name !== undefined && typeof address === 'string' && address !== '' ? [{ name, address }] : []
    })
    .sort((a, b) => compareStrings(a.name, b.name))

function readRuntime(all: Properties): Result<OfferFacts['runtime'], OfferCode> {
  const lacks = (name: string, expected: string) => lacking('offer-lacks-runtime', all, name, expected)
  const name = filled(all, propertyNames.runtimeName)
  if (name === undefined) return lacks(propertyNames.runtimeName, 'a string')
  const version = propertyOf(all, propertyNames.runtimeVersion)
  if (typeof version !== 'object' || !('version' in version) || !parseVersion(version.version)) {
    return lacks(propertyNames.runtimeVersion, 'a version')
  }
  const capabilities = texts(all, propertyNames.runtimeCapabilities)
  if (!capabilities) return lacks(propertyNames.runtimeCapabilities, 'a list of strings')
  return ok({ name, version: version.version, capabilities })
}

function readHardware(all: Properties): Result<OfferFacts['hardware'], OfferCode> {
  const lacks = (name: string, expected: string, code: OfferCode = 'offer-lacks-hardware') =>
    lacking(code, all, name, expected)
  const cores = whole(all, propertyNames.cores, 1, maxCores)
  if (cores === undefined) return lacks(propertyNames.cores, `1 to ${maxCores}`)
  const threads = whole(all, propertyNames.threads, 1, maxCores)
  if (threads === undefined) return lacks(propertyNames.threads, `1 to ${maxCores}`)
  const memory = memoryMib(all, propertyNames.memoryGib)
  if (!memory) return lacks(propertyNames.memoryGib, 'GiB in whole MiB, more than none')
  const storageMib = memoryMib(all, propertyNames.storageGib)
  if (storageMib === undefined) return lacks(propertyNames.storageGib, 'GiB in whole MiB')
  const wasmFeatures = texts(all, propertyNames.wasmFeatures)
  if (!wasmFeatures) return lacks(propertyNames.wasmFeatures, 'a list of strings', 'offer-lacks-wasm-features')
  const loadPermille = whole(all, propertyNames.loadPermille, 0, 1000)
  if (loadPermille === undefined) return lacks(propertyNames.loadPermille, '0 to 1000', 'offer-lacks-load')
  const region = filled(all, propertyNames.region)
  if (region === undefined) return lacks(propertyNames.region, 'a string', 'offer-lacks-region')
  const benchmark = whole(all, propertyNames.benchmark, 0, maxBenchmark)
  if (benchmark === undefined && propertyOf(all, propertyNames.benchmark) !== undefined) {
    return lacks(propertyNames.benchmark, `0 to ${maxBenchmark}`)
  }
  const facts = { cores, threads, memoryMib: memory, storageMib, wasmFeatures, loadPermille, region }
  return ok(benchmark === undefined ? facts : { ...facts, benchmark })
}

function readPayment(all: Properties): Result<OfferFacts['payment'], OfferCode> {
  const lacks = (name: string, expected: string) => lacking('offer-lacks-payment-terms', all, name, expected)
  if (propertyOf(all, propertyNames.scheme) !== 'payu') return lacks(propertyNames.scheme, '"payu"')
  const [debitNoteIntervalSec, paymentTimeoutSec, acceptTimeoutSec] = termNames.map((name) =>
    whole(all, name, 1, maxIntervalSec),
  )
  const interval = `1 to ${maxIntervalSec} s`
  if (debitNoteIntervalSec === undefined) return lacks(propertyNames.debitNoteIntervalSec, interval)
  if (paymentTimeoutSec === undefined) return lacks(propertyNames.paymentTimeoutSec, interval)
  if (acceptTimeoutSec === undefined) return lacks(propertyNames.acceptTimeoutSec, interval)
  const platforms = readPlatforms(all)
  if (platforms.length === 0 || platforms.length > maxPlatforms) {
    const expected = `addresses of 1 to ${maxPlatforms} platforms`
    return refuse('offer-lacks-platform', { name: platformAddress('*'), expected, found: platforms.length })
  }
  return ok({ debitNoteIntervalSec, paymentTimeoutSec, acceptTimeoutSec, platforms })
}

const termNames = [
  propertyNames.debitNoteIntervalSec,
  propertyNames.paymentTimeoutSec,
  propertyNames.acceptTimeoutSec,
] as const

function readNode(all: Properties): Result<Pick<OfferFacts, 'node' | 'multiActivity'>, OfferCode> {
  const lacks = (name: string, expected: string) => lacking('offer-lacks-node', all, name, expected)
  const name = propertyOf(all, propertyNames.nodeName)
  if (typeof name !== 'string') return lacks(propertyNames.nodeName, 'a string')
  const subnet = filled(all, propertyNames.subnet)
  if (subnet === undefined) return lacks(propertyNames.subnet, 'a string')
  const multiActivity = propertyOf(all, propertyNames.multiActivity)
  if (typeof multiActivity !== 'boolean') return lacks(propertyNames.multiActivity, 'a boolean')
  const sealingKey = propertyOf(all, propertyNames.sealingKey)
  if (sealingKey === undefined) return ok({ node: { name, subnet }, multiActivity })
  if (typeof sealingKey !== 'string' || !isKey.test(sealingKey))
    return lacks(propertyNames.sealingKey, '64 hexadecimal digits')
  return ok({ node: { name, subnet, sealingKey }, multiActivity })
}

/** X25519: 32 bytes. */
const isKey = /^[0-9a-f]{64}$/

function readOutbound(all: Properties): Result<Pick<OfferFacts, 'outbound'>, OfferCode> {
  if (propertyOf(all, propertyNames.outboundOrigins) === undefined) return ok({})
  const outbound = texts(all, propertyNames.outboundOrigins)
  return outbound && outbound.length <= maxOrigins
    ? ok({ outbound })
    : lacking('offer-origins-malformed', all, propertyNames.outboundOrigins, `up to ${maxOrigins} strings`)
}

/** @param name the property at fault; what was found is told as JSON, cut short */
function lacking<Code extends OfferCode>(code: Code, all: Properties, name: string, expected: string): Refusal<Code> {
  const found = propertyOf(all, name)
  return refuse(code, { name, expected, found: found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 80) })
}
