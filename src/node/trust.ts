import type { Timestamp } from '../kernel/time.ts'
import type { Bar, Candidate } from '../market/choose.ts'
import type { Reason } from '../market/messages.ts'
import { barredBy, isAllowed, type Program, type ProgramBar, programBarredBy } from '../reputation/lists.ts'
import { provenWrongUntil } from '../reputation/proven-wrong.ts'
import { blacklistedUntil } from '../reputation/score.ts'
import type { Did } from '../wire/schema.ts'
import type { NodeState } from './state.ts'

/** SV4: what a requestor's own lists and its blacklist say of a provider. */
export function trustIn(node: NodeState, provider: Did, now: Timestamp): Pick<Candidate, 'barred' | 'isAllowed'> {
  const listed = barredBy(node.lists, 'provider', provider)
  if (listed) return { barred: bars[listed] }
  if (isAllowed(node.lists, 'provider', provider)) return { isAllowed: true }
  return whyDistrusted(node, provider, now) ? { barred: 'provider-blacklisted' } : {}
}

/** RQ11, SV4: until when somebody is left alone for what it did, unless it is allowed by name. */
export function whyDistrusted(
  { standings, lists }: NodeState,
  provider: Did,
  now: Timestamp,
): { readonly until: Timestamp; readonly reason: Reason } | undefined {
  const standing = standings.get(provider)
  if (!standing || isAllowed(lists, 'provider', provider)) return undefined
  const wrongUntil = provenWrongUntil(standing, now)
  if (wrongUntil !== undefined) return { until: wrongUntil, reason: provenWrong }
  const until = blacklistedUntil(standing, now)
  return until === undefined ? undefined : { until, reason: blacklisted }
}
const provenWrong: Reason = { code: 'WrongResult', message: 'A result of it was wrong.', isFinal: false }
const blacklisted: Reason = {
  code: 'provider-blacklisted',
  message: 'Too much of what it did here was bad.',
  isFinal: false,
}

const bars: Readonly<Record<'blocked' | 'not-listed', Bar>> = {
  blocked: 'provider-blocked',
  'not-listed': 'provider-not-listed',
}

/** PV8: whom, and whose program, a provider's lists keep out. */
export const keepsOut =
  ({ lists, plan }: NodeState) =>
  (requestor: Did, program: Program): 'requestor-blocked' | ProgramBar | undefined => {
    if (barredBy(lists, 'requestor', requestor)) return 'requestor-blocked'
    const bar = programBarredBy(lists, program)
    // What the page brings with it nobody signed: who lends itself to that alone means it.
    const isBrought = plan?.onlyModules?.some((module) => module === program.module)
    return bar === 'signer-not-listed' && isBrought ? undefined : bar
  }
