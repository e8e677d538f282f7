import { sizeOfBytes } from '../activity/frames.ts'
import { hostLimits } from '../activity/host-abi.ts'
import type { WireResult } from '../activity/messages.ts'
import type { Amount } from '../kernel/amount.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Terms } from '../market/messages.ts'
import { counters } from '../market/offer-properties-names.ts'
import { activityPrice, type PriceCode, type UsageVector, usagePerUnit } from '../market/price.ts'
import type { Usage } from './messages.ts'

export type UsageCode = 'counter-unknown'
export type CostCode = UsageCode | PriceCode

const bytesPerGib = 2n ** 30n
const bytesPerMib = 2n ** 20n
const fuelPerGiga = 10n ** 9n
const hostUnitsPerMega = 10n ** 6n

/** Each counter in millionths of its unit, rounded down. What was not measured counts nothing. */
const read: Readonly<Record<string, (usage: Usage) => bigint>> = {
  [counters.durationSec]: (usage) => BigInt(usage.durationUs),
  [counters.cpuSec]: (usage) => BigInt(usage.cpuUs ?? 0),
  [counters.memoryGib]: (usage) => (BigInt(usage.memoryBytes) * usagePerUnit) / bytesPerGib,
  [counters.storageGib]: (usage) => (BigInt(usage.storageBytes) * usagePerUnit) / bytesPerGib,
  [counters.networkInMib]: (usage) => (BigInt(usage.bytesIn) * usagePerUnit) / bytesPerMib,
  [counters.networkOutMib]: (usage) => (BigInt(usage.bytesOut) * usagePerUnit) / bytesPerMib,
  [counters.fuelGiga]: (usage) => ((usage.fuel ?? 0n) * usagePerUnit) / fuelPerGiga,
  [counters.hostMega]: (usage) => ((usage.hostUnits ?? 0n) * usagePerUnit) / hostUnitsPerMega,
}

export const noUsage: Usage = {
  durationUs: 0,
  memoryBytes: 0,
  storageBytes: 0,
  bytesIn: 0,
  bytesOut: 0,
  fuel: 0n,
  hostUnits: 0n,
}

/** How long a task took, and how long of that it computed. */
export type TaskTime = { readonly durationUs: number; readonly cpuUs: number }
export const timeOfTask = ({ durationUs, waitedUs = 0 }: WireResult): TaskTime => ({
  durationUs,
  cpuUs: Math.max(0, durationUs - waitedUs),
})

/** US3: what an activity used, after one more task. */
export const withTask = (usage: Usage, result: WireResult): Usage => withTaskTime(usage, result, timeOfTask(result))

/** The same for a task of whose time receipts told before its result came. @param time what none has told yet */
export const withTaskTime = (usage: Usage, result: WireResult, time: TaskTime): Usage => ({
  ...usage,
  durationUs: usage.durationUs + time.durationUs,
  cpuUs: (usage.cpuUs ?? 0) + time.cpuUs,
  memoryBytes: Math.max(usage.memoryBytes, result.memoryBytes),
  bytesOut: usage.bytesOut + sizeOfBytes(result),
  fuel: (usage.fuel ?? 0n) + result.fuel,
  hostUnits: (usage.hostUnits ?? 0n) + (result.hostUnits ?? 0n),
  ...(result.custom && { custom: withCounts(usage.custom, result.custom) }),
})

/** The first names count: a receipt has room for so many. */
function withCounts(before: Usage['custom'] = {}, counts: NonNullable<Usage['custom']>): NonNullable<Usage['custom']> {
  const sums = new Map(Object.entries(before))
  for (const [name, amount] of Object.entries(counts))
    if (sums.has(name) || sums.size < hostLimits.counters)
      sums.set(name, BigInt.asUintN(64, (sums.get(name) ?? 0n) + amount))
  return Object.fromEntries(sums)
}

/** US1: a receipt's usage in the order of the agreement's vector. @param names at most 8 counters */
export function usageVectorOf(names: readonly string[], usage: Usage): Result<UsageVector, UsageCode> {
  const unknown = names.find((name) => !Object.hasOwn(read, name))
  if (unknown !== undefined) return refuse('counter-unknown', { counter: unknown })
  return ok(names.map((name) => read[name]!(usage)))
}

/** US2: what so much usage costs under the terms, in micro-credits; the last coefficient is the fixed fee. */
export function costOf({ usageVector, coefficients }: Terms, usage: Usage): Result<Amount, CostCode> {
  const vector = usageVectorOf(usageVector, usage)
  if (!vector.ok) return vector
  const fixed = coefficients.at(-1) ?? (0n as Amount)
  return activityPrice({ coefficients: coefficients.slice(0, -1), fixed }, vector.value)
}
