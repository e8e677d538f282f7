import { type Amount, isAmount, maxAmount, zero } from '../kernel/amount.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { secondMs } from '../kernel/time.ts'
import type { Terms } from './messages.ts'
import type { OfferFacts, Pricing } from './offer-properties.ts'
import { type CounterName, counters } from './offer-properties-names.ts'
import { activityPrice, usagePerUnit } from './price.ts'

/** What a provider asks for a unit of each counter, in micro-credits; what is absent is free. */
export type PriceList = {
  /** A second of one thread. */
  readonly perSecond?: bigint | undefined
  /** 10⁹ units of fuel. */
  readonly perGigaFuel?: bigint | undefined
  /** A GiB of the memory that the largest task used, once an activity. */
  readonly perGibMemory?: bigint | undefined
  /** A MiB of inputs. */
  readonly perMibIn?: bigint | undefined
  /** A MiB of outputs. */
  readonly perMibOut?: bigint | undefined
  /** 10⁶ units of calls into the host. */
  readonly perMegaHostUnits?: bigint | undefined
  /** Once an activity. */
  readonly perStart?: bigint | undefined
}

const counterOf = {
  perSecond: counters.durationSec,
  perGigaFuel: counters.fuelGiga,
  perGibMemory: counters.memoryGib,
  perMibIn: counters.networkInMib,
  perMibOut: counters.networkOutMib,
  perMegaHostUnits: counters.hostMega,
} as const satisfies Record<Exclude<keyof PriceList, 'perStart'>, CounterName>
const counted = Object.keys(counterOf) as (keyof typeof counterOf)[]

/** LP7: counters that cost something, in the order of the list above; time at 0 where none does. */
export function pricingOf(list: PriceList): Result<Pricing, 'price-out-of-range'> {
  for (const [name, price] of Object.entries(list))
    if (price !== undefined && (typeof price !== 'bigint' || !isAmount(price)))
      return refuse('price-out-of-range', { price: name, value: price, most: maxAmount })
  const asked = counted.filter((name) => (list[name] ?? 0n) > 0n)
  const named = asked.length > 0 ? asked : (['perSecond'] as const)
  return ok({
    usageVector: named.map((name) => counterOf[name]),
    coefficients: named.map((name) => (list[name] ?? zero) as Amount),
    fixed: (list.perStart ?? zero) as Amount,
  })
}

/** The same, read back of an offer; counters that no list has are left out. */
export function priceListOf({ usageVector, coefficients, fixed }: Pricing): PriceList {
  const list: { -readonly [Name in keyof PriceList]: bigint } = {}
  for (const name of counted) {
    const price = coefficients[usageVector.indexOf(counterOf[name])]
    if (price !== undefined && price > 0n) list[name] = price
  }
  if (fixed > 0n) list.perStart = fixed
  return list
}

/** What one task adds to the cost of its activity, rounded down: its time, fuel and output; memory, input and start belong to none. */
export const taskPrice = (
  { perSecond = 0n, perGigaFuel = 0n, perMibOut = 0n }: PriceList,
  task: { readonly durationMs: number; readonly fuel: bigint; readonly sizeBytes: number },
): bigint =>
  (BigInt(Math.round(task.durationMs * 1_000)) * perSecond) / usagePerUnit +
  (task.fuel * perGigaFuel) / fuelPerGiga +
  (BigInt(task.sizeBytes) * perMibOut) / bytesPerMib

/** Whether anything costs something: an offer all of zeros is a gift. */
export const isPriced = ({ pricing }: Pick<OfferFacts, 'pricing'>): boolean =>
  pricing.fixed > 0n || pricing.coefficients.some((one) => one > 0n)

/** What was used of each counter, in millionths of its unit. */
type Use = Readonly<Record<CounterName, bigint>>

/** Of one thread that computes and talks a little: what an ordinary program burns in a second, and a frame each way. */
const usualFuelPerSecond = 1_000_000_000n
/** A thread can burn no more: 10⁹ units on a spinning loop take 0.2 s. */
const mostFuelPerSecond = 5_000_000_000n
/** Ten million calls a second are as many as an engine makes; the table charges each some ten units. */
const mostHostUnitsPerSecond = 100_000_000n
/** What a link of a home brings in a second. */
const mostMibPerSecond = 1n
const fuelPerGiga = 1_000_000_000n
const bytesPerMib = 1_048_576n
const mibPerGib = 1_024n
const minuteSec = 60n

/**
 * SL3: what offers are compared by, in micro-credits: 60 s of one thread, 60·10⁹ units of fuel, the memory asked for, a MiB each
 * way, a million units of the host, one start. It is the same minute for everybody: how fast a provider says that it is
 * changes nothing. A price beyond every sum is the largest.
 */
export function minutePrice(pricing: Pricing, { memoryMib }: { readonly memoryMib: number }): Amount {
  const memory = (BigInt(memoryMib) * usagePerUnit) / mibPerGib
  const price = priceOf(pricing, {
    [counters.durationSec]: minuteSec * usagePerUnit,
    [counters.cpuSec]: minuteSec * usagePerUnit,
    [counters.memoryGib]: memory,
    [counters.storageGib]: 0n,
    [counters.networkInMib]: usagePerUnit,
    [counters.networkOutMib]: usagePerUnit,
    [counters.fuelGiga]: (minuteSec * usualFuelPerSecond * usagePerUnit) / fuelPerGiga,
    [counters.hostMega]: usagePerUnit,
  })
  return price.ok ? price.value : maxAmount
}

/**
 * TM4: what one interval of an agreement costs with all its threads and counters at full use and its fixed fee, in
 * micro-credits: as much as a stranger may owe. Nothing where that is no sum any more.
 */
export function intervalPrice({
  usageVector,
  coefficients,
  ...terms
}: Pick<Terms, 'usageVector' | 'coefficients' | 'debitNoteIntervalMs' | 'threads' | 'memoryMb'>): Amount {
  const intervalUs = BigInt(terms.debitNoteIntervalMs) * 1_000n
  const threadsUs = intervalUs * BigInt(terms.threads)
  const network = intervalUs * mostMibPerSecond
  const fixed = coefficients.at(-1) ?? zero
  const price = priceOf(
    { usageVector, coefficients: coefficients.slice(0, -1), fixed },
    {
      [counters.durationSec]: threadsUs,
      [counters.cpuSec]: threadsUs,
      [counters.memoryGib]: (BigInt(terms.memoryMb) * usagePerUnit) / mibPerGib,
      [counters.storageGib]: 0n,
      [counters.networkInMib]: network,
      [counters.networkOutMib]: network,
      [counters.fuelGiga]: (threadsUs * mostFuelPerSecond) / fuelPerGiga,
      [counters.hostMega]: (threadsUs * mostHostUnitsPerSecond) / BigInt(secondMs * 1_000),
    },
  )
  return price.ok ? price.value : zero
}

const priceOf = (pricing: Pricing, use: Use) =>
  activityPrice(
    pricing,
    pricing.usageVector.map((name) => use[name as CounterName] ?? 0n),
  )
