import type { Amount } from '../kernel/amount.ts'
import type { Result } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { Figures } from '../market/messages.ts'
import type { PriceList } from '../market/offer-price.ts'
import type { OfferFacts } from '../market/offer-properties.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import type { SubmitRequest } from './api.ts'
import type { CheckEstimate } from './api-checking.ts'

export type PreviewRequest = Pick<
  SubmitRequest,
  'limits' | 'policy' | 'runtime' | 'interactive' | 'outbound' | 'sealed'
>
/** With how many tasks there will be, a hundred unless said. */
export type EstimateRequest = PreviewRequest & Pick<SubmitRequest, 'here'> & { readonly tasks?: number }

export type OfferView = {
  readonly id: Cid
  readonly provider: Did
  readonly facts: OfferFacts
  readonly isFree: boolean
  readonly pricing: PriceList
  /** Of the standard minute: see `minutePrice`. */
  readonly pricePerMinute: Amount
  readonly expiresAt: Timestamp
}
/** From all that is known to what is asked: each step with how many are left, and why the others are not. */
export type Funnel = {
  readonly seen: number
  readonly understood: number
  readonly matching: number
  readonly affordable: number
  readonly answering: number
  /** Where nobody in sight is affordable: micro-credits with which somebody would be. */
  readonly leastBudget?: bigint | undefined
  readonly reasons: readonly {
    readonly step: 'matching' | 'affordable' | 'answering'
    readonly provider: Did
    readonly code: string
    readonly message: string
    /** Of one that said no: until when it is left alone. */
    readonly askedAgainAt?: Timestamp | undefined
  }[]
}
export type MarketApi = {
  offers(): readonly OfferView[]
  /** Why providers are, or are not, asked for a job. */
  funnel(job: Cid): Funnel | undefined
  /** The same before a job exists, for the form. */
  preview(request: PreviewRequest): Funnel
  /** What checking its results costs and gives with the providers in sight, before a job exists. */
  estimate(request: EstimateRequest): Result<CheckEstimate>
  /** Why a job has the providers that it has: where each stood when it was chosen. */
  whyProviders(job: Cid): readonly WhyProvider[]
  /** What requestors said to this node as a provider that they did not take, newest first, at most 64. */
  whyNotChosen(): readonly WhyNotChosen[]
}
/** Where somebody stood in a choice, as the requestor saw it; scores are points of a thousand. */
export type ChoiceFigures = Figures
export type WhyProvider = { readonly provider: Did; readonly figures?: ChoiceFigures | undefined }
export type WhyNotChosen = {
  readonly job: Cid
  readonly requestor: Did
  readonly at: Timestamp
  readonly code: string
  readonly message: string
  readonly isFinal: boolean
  readonly figures?: ChoiceFigures | undefined
}
