import { u32Bytes } from '../module-reader.ts'
import { fuelUnit } from './budget.ts'
import type { FunctionType } from './shape.ts'
import type { Writer } from './writer.ts'

/**
 * A short function that recurses is handed the counter instead of reading it: fuel and stack as two parameters behind its own, and fuel as one
 * more result. What it has left of the stack its caller knows. The global is told only where somebody may look at it: before a trap, a call of
 * anything else, and an end.
 */
export const handedType = ({ params, results }: FunctionType): FunctionType => ({
  params: [...params, 0x7e, 0x7f],
  results: [...results, 0x7e],
})
/** So many parameters more: what the function calls its own local values comes so much later. */
export const handedParams = 2

/** Cuts the units of stack off the number in the global. */
export const fuelAlone = [0x42, ...[0x80, 0x80, 0x7c], 0x83] // i64.const −65536, i64.and

/** What whoever is no such function enters instead, under the function's own index: tables, exports, the host and longer functions. */
export function writeEntry(
  out: Writer,
  { params }: FunctionType,
  { meter, inner }: { readonly meter: number; readonly inner: number },
): void {
  const stack = u32Bytes(params.length)
  const global = u32Bytes(meter)
  out.bytes([1, 1, 0x7f])
  for (const index of params.keys()) out.bytes([0x20, ...u32Bytes(index)])
  out.bytes([0x23, ...global, ...fuelAlone])
  out.bytes([0x23, ...global, 0xa7, 0xc1, 0x22, ...stack]) // i32.wrap_i64, i32.extend16_s, local.tee
  out.bytes([0x10, ...u32Bytes(inner)])
  out.bytes([0x20, ...stack, 0xac, 0x7c, 0x24, ...global, 0x0b]) // i64.extend_i32_s, i64.add, global.set
}

/** How such a function handles what it was handed. */
export function handedCounter(
  out: Writer,
  { meter, fuel, stack }: { readonly meter: number; readonly fuel: number; readonly stack: number },
) {
  const get = (local: number): number[] => [0x20, ...u32Bytes(local)]
  const setGlobal = [0x24, ...u32Bytes(meter)]
  const whole = [...get(fuel), ...get(stack), 0xac, 0x7c, ...setGlobal] // i64.extend_i32_s, i64.add
  const stop = [0x04, 0x40, ...whole, 0x00, 0x0b] // if, unreachable
  /** Makes fuel what stands on the stack. Behind a trap nobody asks for more than fuel. */
  function keep(mayTrap: boolean): void {
    out.bytes(mayTrap ? [0x22, ...u32Bytes(fuel), ...setGlobal] : [0x21, ...u32Bytes(fuel)])
  }
  function add(units: number): void {
    out.byte(0x42)
    out.signed(Math.abs(units))
    out.byte(units < 0 ? 0x7d : 0x7c)
  }
  return {
    /** Tells the global all, before somebody reads it. */
    tell: () => out.bytes(whole),
    /** Learns from the global what somebody has left there. */
    learn: () => out.bytes([0x23, ...u32Bytes(meter), ...fuelAlone, 0x21, ...u32Bytes(fuel)]),
    count(units: number, mayTrap: boolean): void {
      out.bytes(get(fuel))
      if (units !== 0) add(units)
      keep(mayTrap)
    },
    stopWhereFuelIsOut: () => out.bytes([...get(fuel), 0x42, 0, 0x53, ...stop]), // i64.lt_s
    /** Takes this activation's units of stack. */
    sink(units: number): void {
      out.bytes([...get(stack), 0x41])
      out.signed(units)
      out.bytes([0x6b, 0x22, ...u32Bytes(stack), 0x41, 0, 0x48, ...stop]) // i32.sub, local.tee, i32.lt_s
    },
    /** @param early units that the callee may be told more by, while the host could end the program within it */
    call(
      inner: number,
      { early, mayTrap, isLast }: { readonly early: number; readonly mayTrap: boolean; readonly isLast: boolean },
    ): void {
      out.bytes(get(fuel))
      if (early > 0) add(early * fuelUnit)
      out.bytes([...get(stack), 0x10, ...u32Bytes(inner)])
      if (early > 0 && !isLast) add(-early * fuelUnit)
      keep(mayTrap || isLast)
    },
    leave: () => out.bytes(get(fuel)),
  }
}
