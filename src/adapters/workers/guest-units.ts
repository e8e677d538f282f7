import type { Moved } from '../../activity/host-abi.ts'
import { mostFuel } from '../../activity/metering/budget.ts'
import { GuestEnding } from './guest-output.ts'

/** What a task's calls into its host have cost: counted here, never by the program. Whole numbers below 2⁵³. */
export type HostUnits = { used: number; readonly most: number }

/** Ends a task at the call that would pass its budget. */
export class OutOfHostUnits extends GuestEnding {
  override name = 'OutOfHostUnits'
}

/** @param most at most `mostFuel`, and that where undefined */
export const newUnits = (most: bigint = mostFuel): HostUnits => ({ used: 0, most: Number(most) })

/** HA2: counts, or ends the task where there is no more: then all that it was given is used. */
export function spend(units: HostUnits, cost: number): void {
  units.used += cost
  if (units.used <= units.most) return
  units.used = units.most
  throw new OutOfHostUnits(`more than ${units.most} host units`)
}

/** What a call that went well has moved. */
export type Call = { readonly values: readonly (number | bigint)[]; readonly result: unknown }

/** @param given bytes of all arguments, of all variables, and of what was fetched last @param memory the program's, as it is now */
export function bytesMoved(
  moved: readonly Moved[],
  { values, result }: Call,
  { given, memory }: { given: Readonly<Record<'arguments' | 'variables' | 'fetched', number>>; memory: () => DataView },
): number {
  let bytes = 0
  for (const one of moved) {
    if (one.by === 'argument') bytes += Number(values[one.at]) * one.each
    else if (one.by === 'answer') bytes += memory().getUint32(Number(values[one.at]), true)
    else if (one.by === 'result') bytes += Number(result)
    else bytes += given[one.by]
  }
  return bytes
}
