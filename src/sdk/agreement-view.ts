import { zero } from '../kernel/amount.ts'
import type { Terms } from '../market/messages.ts'
import { type PriceList, priceListOf } from '../market/offer-price.ts'
import { costOfJob } from '../node/money.ts'
import { activitiesOf } from '../node/shares.ts'
import { linksOf, type NodeState } from '../node/state.ts'
import type { Cid } from '../wire/cid.ts'
import type { ActivityView, AgreementView, WorkView } from './api.ts'

/** A job's agreements, each with what it uses of it. */
export const agreementsOf = (node: NodeState, job: Cid): readonly AgreementView[] =>
  [...linksOf(node, job).agreements].flatMap((id) => viewOf(node, job, id) ?? [])

function viewOf(node: NodeState, job: Cid, id: Cid): AgreementView | undefined {
  const agreement = node.agreements.get(id)
  if (!agreement) return undefined
  const { provider, requestor, state, ended, terms } = agreement
  const all = activitiesOf(node, id)
  const activities = all.flatMap((one, at): ActivityView[] =>
    one.job === job ? [{ id: one.id, number: at + 1, threads: one.threads, state: one.state }] : [],
  )
  return {
    id,
    provider,
    requestor,
    state,
    activity: activities.at(-1)?.state,
    activities,
    jobCount: new Set([agreement.demand, ...all.map((one) => one.job)]).size,
    threads: terms.threads,
    reason: ended?.reason,
    cost: costOfJob(node, job, id),
    pricing: agreedPrices(terms),
  }
}

/** What a provider computes, with its place under the agreement that it is computed for. */
export function workView(
  node: NodeState,
  work: Omit<WorkView, 'agreement' | 'number' | 'threads' | 'state'>,
): WorkView[] {
  const activity = node.activities.get(work.activity)
  if (!activity) return []
  const { agreement, threads, state } = activity
  return [
    { ...work, agreement, number: (node.activitiesOf.get(agreement) ?? []).indexOf(work.activity) + 1, threads, state },
  ]
}

const agreedPrices = ({ usageVector, coefficients }: Terms): PriceList =>
  priceListOf({ usageVector, coefficients: coefficients.slice(0, -1), fixed: coefficients.at(-1) ?? zero })
