import type { Timestamp } from '../kernel/time.ts'
import type { Bar, Candidate } from '../market/choose.ts'
import { barredBy, isAllowed } from '../reputation/lists.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import { isBlacklisted } from './reputation.ts'
import type { NodeState } from './state.ts'

/** SV3: what a requestor's own lists and its blacklist say of a provider. */
export function trustIn(node: NodeState, provider: Did, now: Timestamp): Pick<Candidate, 'barred' | 'isAllowed'> {
  const listed = barredBy(node.lists, 'provider', { did: provider })
  if (listed) return { barred: bars[listed] }
  if (isAllowed(node.lists, 'provider', provider)) return { isAllowed: true }
  return isBlacklisted(node, provider, now) ? { barred: 'provider-blacklisted' } : {}
}
const bars: Readonly<Record<'blocked' | 'not-listed', Bar>> = {
  blocked: 'provider-blocked',
  'not-listed': 'provider-not-listed',
}

/** PV7: whom, and whose program, a provider's lists keep out. */
export const keepsOut =
  ({ lists }: NodeState) =>
  (requestor: Did, module: string): 'requestor-blocked' | 'module-blocked' | undefined => {
    if (barredBy(lists, 'requestor', { did: requestor })) return 'requestor-blocked'
    return barredBy(lists, 'requestor', { did: requestor, module: module as Cid }) ? 'module-blocked' : undefined
  }
