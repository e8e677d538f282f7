import type { OfferFacts } from './offer-properties.ts'

/** Whether anything costs something: an offer all of zeros is a gift. */
export const isPriced = ({ pricing }: OfferFacts): boolean =>
  pricing.fixed > 0n || pricing.coefficients.some((one) => one > 0n)
