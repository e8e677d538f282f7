/**
 * The meter is one 64-bit number: fuel left in the upper 48 bits, units of stack left in the lower 16. So a function is charged for
 * both by one subtraction, and one test of two bits tells whether either is used up.
 */
export const fuelUnit = 65_536

/** The exported global that counts, and the exported start function. No compiler gives such names. */
export const meterExport = 'tabmesh:meter'
export const startExport = 'tabmesh:start'

/** As an engine must bear it in a worker, whose stack is half a megabyte in Chromium. */
export const stackBytes = 262_144
/** 2^47 − 1: at a thousand million units a second, a day and a half. */
export const mostFuel = 140_737_488_355_327n

/** In `meterExport` of a program to which its machine could not give the memory that was promised. No count comes near it. */
export const machineFailed = -(2n ** 63n)

/** What to put into `meterExport` before a program begins. @param fuel at most `mostFuel` */
export const budgetOf = ({ stackUnits }: { readonly stackUnits: number }, fuel: bigint): bigint =>
  fuel * BigInt(fuelUnit) + BigInt(stackUnits)

/**
 * What the number in `meterExport` says after a program has ended, in whatever way.
 * @returns fuel used, never more than the budget, and which budget ended it; none where the machine failed
 */
export function readMeter(
  count: bigint,
  fuel: bigint,
): { used: bigint; isOut: 'fuel' | 'stack' | 'machine' | undefined } {
  if (count === machineFailed) return { used: 0n, isOut: 'machine' }
  const stack = BigInt.asIntN(16, count)
  const left = (count - stack) / BigInt(fuelUnit)
  if (left < 0n) return { used: fuel, isOut: 'fuel' }
  return { used: fuel - left, isOut: stack < 0n ? 'stack' : undefined }
}
