import { isLive } from '../market/agreement.ts'
import { isPriced, minutePrice, priceListOf } from '../market/offer-price.ts'
import { linksOf } from '../node/state.ts'
import { leastBudgetOf, type Surveyed, survey } from '../node/survey.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import type { Funnel, MarketApi, OfferView } from './api-market.ts'
import { estimateChecks } from './check-estimate.ts'
import { draftJob } from './job-spec.ts'
import type { Parts } from './mesh.ts'

/** As much as a task asks for where nobody says. */
const usualMemoryMib = 64

export function createMarket(parts: Parts): MarketApi {
  const { node, at, subnet, signer } = parts
  return {
    offers: () =>
      [...node.offers.values()].map(
        ({ event, facts }): OfferView => ({
          id: event.id,
          provider: event.body.author,
          facts,
          isFree: !isPriced(facts),
          pricing: priceListOf(facts.pricing),
          pricePerMinute: minutePrice(facts.pricing, { memoryMib: usualMemoryMib }),
          expiresAt: event.body.expiresAt,
        }),
      ),
    funnel(job) {
      const known = node.jobs.get(job)
      return known && funnelOf(survey(node, known, at()), answering(job), node.unread.size)
    },
    preview: (request) =>
      funnelOf(
        survey(node, draftJob(request, { me: signer.did, subnet, at: at() }), at()),
        new Set(),
        node.unread.size,
      ),
    estimate: (request) => estimateChecks(parts, request),
    whyProviders(job) {
      const { agreements, figures } = linksOf(node, job)
      const providers = new Set([...agreements].flatMap((id) => node.agreements.get(id)?.provider ?? []))
      return [...providers].map((provider) => ({ provider, figures: figures.get(provider) }))
    },
    whyNotChosen: () =>
      [...node.unchosen.values()]
        .map(({ job, requestor, at, reason: { code, message, isFinal, figures } }) => ({
          job,
          requestor,
          at,
          code,
          message,
          isFinal,
          figures,
        }))
        .reverse(),
  }

  /** Providers that have answered a proposal of this job, or agreed to it. */
  function answering(job: Cid): ReadonlySet<Did> {
    const { threads, agreements } = linksOf(node, job)
    const answers = [...threads].flatMap((id) => node.threads.get(id)?.latest.body.author ?? [])
    const agreed = [...agreements].flatMap((id) => node.agreements.get(id) ?? []).filter(isLive)
    return new Set([...answers, ...agreed.map(({ provider }) => provider)])
  }
}

function funnelOf(all: readonly Surveyed[], answering: ReadonlySet<Did>, unread: number): Funnel {
  const matching = all.filter(({ step }) => step !== 'not-matching')
  const affordable = matching.filter(({ step }) => step !== 'not-affordable')
  return {
    seen: all.length + unread,
    understood: all.length,
    matching: matching.length,
    affordable: affordable.length,
    answering: affordable.filter(({ sale }) => answering.has(sale.provider)).length,
    leastBudget: leastBudgetOf(all),
    reasons: all.flatMap(reasonOf),
  }
}

function reasonOf({ step, sale: { provider }, report, why, no }: Surveyed): Funnel['reasons'] {
  if (step === 'not-matching' && report && !report.matches) {
    const [failure] = [...report.offerFails, ...report.demandFails]
    const message = failure
      ? `${failure.name}: wanted ${failure.wanted}, found ${String(failure.found)}`
      : 'an own offer'
    return [{ step: 'matching', provider, code: 'not-matching', message }]
  }
  if (step === 'not-affordable' && why) return [{ step: 'affordable', provider, code: why, message: why }]
  if (step === 'waiting' && no) {
    const { code, message } = no.reason
    return [{ step: 'answering', provider, code, message, askedAgainAt: no.until }]
  }
  return []
}
