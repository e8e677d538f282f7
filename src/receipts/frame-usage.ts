import { ok, type Result, refuse } from '../kernel/result.ts'
import type { ReceiptBody } from './messages.ts'

/** What the tasks of one frame used, as their stored results tell. */
export type FrameUsage = { readonly fuel: bigint; readonly durationUs: number }

/**
 * RU1: what a frame alone added to the cumulative counters of its activity.
 * @param before the receipt before; undefined for the first of an activity
 */
export const usageOfFrame = ({ usage }: ReceiptBody, before: ReceiptBody | undefined): FrameUsage => ({
  fuel: (usage.fuel ?? 0n) - (before?.usage.fuel ?? 0n),
  durationUs: usage.durationUs - (before?.usage.durationUs ?? 0),
})

/** RU1: whether fuel and time rose by what the results of the frame tell. */
export function addsUp(told: FrameUsage, found: FrameUsage): Result<void, 'frame-usage-differs'> {
  for (const counter of ['fuel', 'durationUs'] as const)
    if (told[counter] !== found[counter])
      return refuse('frame-usage-differs', { counter, told: told[counter], found: found[counter] })
  return ok(undefined)
}
