import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Cid } from '../wire/cid.ts'

/** What a provider lends: worker threads and memory. Signing reserves of it, the remainder stays on sale. */
export type Resources = { readonly threads: number; readonly memoryMb: number }

export type Capacity = {
  readonly total: Resources
  readonly reserved: ReadonlyMap<Cid, Resources>
}

export const noCapacity: Capacity = { total: { threads: 0, memoryMb: 0 }, reserved: new Map() }

export function remaining({ total, reserved }: Capacity): Resources {
  let { threads, memoryMb } = total
  for (const held of reserved.values()) {
    threads -= held.threads
    memoryMb -= held.memoryMb
  }
  return { threads: Math.max(0, threads), memoryMb: Math.max(0, memoryMb) }
}

/** CP1: an agreement is approved only if all it reserves is free, whatever was approved a moment before. */
export function reserve(capacity: Capacity, agreement: Cid, wanted: Resources): Result<Capacity, 'sold-out'> {
  if (capacity.reserved.has(agreement)) return ok(capacity)
  const free = remaining(capacity)
  if (wanted.threads > free.threads || wanted.memoryMb > free.memoryMb) {
    return refuse('sold-out', { threads: wanted.threads, freeThreads: free.threads, freeMemoryMb: free.memoryMb })
  }
  return ok({ ...capacity, reserved: new Map([...capacity.reserved, [agreement, wanted]]) })
}

/** CP2: what an ended agreement held is on sale again, once. */
export function release(capacity: Capacity, agreement: Cid): Capacity {
  if (!capacity.reserved.has(agreement)) return capacity
  return { ...capacity, reserved: new Map([...capacity.reserved].filter(([held]) => held !== agreement)) }
}
