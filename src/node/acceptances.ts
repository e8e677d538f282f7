import { type Activity, isOpen } from '../activity/activity.ts'
import { setBounded } from '../kernel/bound.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { after } from '../kernel/time.ts'
import { type Agreement, isLive } from '../market/agreement.ts'
import { type AcceptedBody, judgeAcceptance, ReceiptsAccepted } from '../receipts/acceptance.ts'
import type { ReceiptChain } from '../receipts/chain.ts'
import { state } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import { isBeingChecked } from './checks.ts'
import { isUpheldAgainst } from './disputes.ts'
import { keepEndedMs } from './forget.ts'
import { isOfWrongProvider } from './letting-go.ts'
import type { NodeState } from './state.ts'
import { type Novelty, owe, say, type Turn } from './turn.ts'

/** CS5: some ten megabytes; activities that were over long before are not asked about any more. */
const mostAcceptances = 10_000

/** CS1: what the requestor of an activity that is over owes its provider: its signature over the newest receipt, brought for as long as that remembers. */
export function reactAcceptance(turn: Turn, activity: Activity, agreement: Agreement): void {
  const { node, now } = turn
  const { id, requestor, provider: to, job } = activity
  const chain = node.chains.get(id)
  if (requestor !== node.me || !chain || isOpen(activity)) return
  if (mayAccept(node, activity, { agreement, chain })) {
    const { id: receipt, body } = chain.latest
    const { sequence } = body
    const { taskCount } = chain
    say(turn, state(ReceiptsAccepted, { to, agreement: agreement.id, activity: id, job, receipt, sequence, taskCount }))
  }
  const event = node.acceptances.get(id)
  if (!event) return
  const until = after(event.body.issuedAt, keepEndedMs)
  if (now < until) owe(turn, [{ type: 'deliver', to, event, until }])
}

/** CS1, CS2, CS3: it is the last receipt or none comes any more, its provider was found wrong in nothing, and nothing is being checked. */
function mayAccept(
  node: NodeState,
  activity: Activity,
  { agreement, chain }: { agreement: Agreement; chain: ReceiptChain },
): boolean {
  const { latest, isFinal, equivocation } = chain
  if ((node.acceptances.get(activity.id)?.body.sequence ?? -1) >= latest.body.sequence) return false
  if (node.unheard.has(agreement.id) || (!isFinal && isLive(agreement))) return false
  const isWrong = equivocation !== undefined || node.accounts.get(agreement.id)?.isBlamed === true
  if (isWrong || isOfWrongProvider(activity, agreement) || isUpheldAgainst(node, activity.id)) return false
  return !isBeingChecked(node, activity.job)
}

/** CS4: our own, and those of whoever asked us to compute. */
export function foldAccepted({ node, changed }: Turn, event: Verified<AcceptedBody>): Result<Novelty> {
  const { activity: id, job } = event.body
  const known = node.acceptances.get(id)
  if (known?.id === event.id) return ok('known')
  if (!node.activities.has(id)) return refuse('activity-unknown', { activity: id })
  const judged = judgeAcceptance(node.chains.get(id), event.body, known?.body)
  if (!judged.ok) return judged
  if (!judged.value) return ok('known')
  setBounded(node.acceptances, id, event, mostAcceptances)
  changed.add(`activity:${id}`)
  changed.add(`job:${job}`)
  changed.add(`receipt:${event.body.receipt}`)
  return ok('new')
}
