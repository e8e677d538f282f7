import type { Did } from '../wire/schema.ts'
import type { Expression } from './constraints.ts'
import { explain, type Failure } from './constraints-explain.ts'
import { verdictOf } from './constraints-resolve.ts'
import type { Properties } from './property.ts'

/** One side of a match: who says it, what it is, and what it asks of the other. */
export type Side = { readonly author: Did; readonly properties: Properties; readonly constraints: Expression }

export type MatchReport =
  | { readonly matches: true }
  | {
      readonly matches: false
      readonly ownOffer: boolean
      /** Where the offer's properties fail the demand's constraints. */
      readonly offerFails: readonly Failure[]
      /** Where the demand's properties fail the offer's constraints. */
      readonly demandFails: readonly Failure[]
    }

/**
 * A strong match: either side's constraints are true of the other's properties. Undefined is no match, and nobody matches
 * an own offer; what a tab runs for itself needs no market.
 */
export const matches = (demand: Side, offer: Side): boolean =>
  demand.author !== offer.author &&
  verdictOf(demand.constraints, offer.properties) === 'true' &&
  verdictOf(offer.constraints, demand.properties) === 'true'

/** The same answer with every reason: who asked for what, and what was found. */
export function explainMatch(demand: Side, offer: Side): MatchReport {
  if (matches(demand, offer)) return { matches: true }
  return {
    matches: false,
    ownOffer: demand.author === offer.author,
    offerFails: explain(demand.constraints, offer.properties),
    demandFails: explain(offer.constraints, demand.properties),
  }
}
