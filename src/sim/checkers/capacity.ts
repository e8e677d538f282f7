import { capacityOf } from '../../node/reservations.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Host } from '../shell.ts'
import { must } from './violation.ts'

/** Reserved by agreements together never more than the plan lends. */
export function checkCapacity(host: Host, id: Cid): void {
  const { node } = host
  const agreement = node.agreements.get(id)
  const { plan } = node
  if (!plan || agreement?.provider !== node.me) return
  let threads = 0
  let memoryMb = 0
  for (const held of capacityOf(node, plan).reserved.values()) {
    threads += held.threads
    memoryMb += held.memoryMb
  }
  must(threads <= plan.threads, () => `${threads} threads are promised of ${plan.threads}`, id)
  must(memoryMb <= plan.memoryMb, () => `${memoryMb} MB are promised of ${plan.memoryMb}`, id)
}
