import { compareStrings } from '../kernel/bytes.ts'
import { hourMs, minuteMs, secondMs, type Timestamp } from '../kernel/time.ts'
import type { Did } from '../wire/schema.ts'
import type { Resources } from './capacity.ts'
import { demandNames, signersIn, termsOf } from './demand.ts'
import type { Reason } from './messages.ts'
import { propertyNames } from './offer-properties-names.ts'
import type { Properties } from './property.ts'

/** What a provider's strategy is told; it decides by nothing else. */
export type Asked = {
  readonly from: Did
  readonly demand: Properties
  readonly offer: Properties
  readonly free: Resources
  readonly now: Timestamp
  /** Modules that may run here, or undefined where any may. */
  readonly onlyModules?: ReadonlySet<string> | undefined
  readonly blocked: ReadonlySet<string>
  /** Whom, or whose program, lists that are kept by hand keep out. */
  keepsOut?(
    from: Did,
    program: { readonly module: string; readonly signers: readonly string[] | undefined },
  ): keyof typeof barredWords | undefined
}
/** Ready: those properties are my answer, and where they repeat the demand's negotiables it is agreed. */
export type Answer =
  | { readonly type: 'ready'; readonly properties: Properties }
  | { readonly type: 'reject'; readonly reason: Reason }

/** A replaceable function: one link of the chain, or a whole strategy. Undefined passes the question on. */
export type Negotiator = (asked: Asked) => Reason | undefined

/** ST1: the order is Golem's (B3.5): validation, blacklist, allow list, limits, then money. The first objection decides. */
export const standardNegotiators: readonly Negotiator[] = [
  ({ demand }) =>
    demand[propertyNames.chosenPlatform] === undefined
      ? no('platform-missing', 'Name the payment platform that you choose.')
      : undefined,
  ({ from, blocked }) =>
    blocked.has(from) ? no('requestor-blocked', 'This provider does not work for you.') : undefined,
  ({ from, demand, keepsOut }) => {
    const code = keepsOut?.(from, { module: String(demand[propertyNames.taskPackage]), signers: signersIn(demand) })
    return code ? no(code, barredWords[code]) : undefined
  },
  ({ demand, onlyModules }) =>
    onlyModules && !onlyModules.has(String(demand[propertyNames.taskPackage]))
      ? no('ready-made-only', 'This provider runs ready-made programs only.')
      : undefined,
  ({ demand, free }) => roomFor(demand, free),
  ({ demand, now }) => expirationFits(demand[propertyNames.expiration], now),
  ({ demand, offer }) => {
    const terms = termsOf(demand, offer)
    return terms.ok ? undefined : no(terms.code, 'The terms do not follow from demand and offer.')
  },
]

const barredWords = {
  'requestor-blocked': 'This provider does not work for you.',
  'module-blocked': 'This provider does not run that program.',
  'signer-blocked': 'This provider runs nothing that its signer signed.',
  'signer-not-listed': 'This provider runs only what certain others signed.',
} as const

/** Asks each in turn. ST2: the answer repeats the demand's negotiables within [1 s, 24 h] and keeps the offer's own facts. */
export function answerWith(negotiators: readonly Negotiator[], asked: Asked): Answer {
  for (const negotiator of negotiators) {
    const reason = negotiator(asked)
    if (reason) return { type: 'reject', reason }
  }
  return { type: 'ready', properties: repeated(asked) }
}

const intervals = [propertyNames.debitNoteIntervalSec, propertyNames.paymentTimeoutSec, propertyNames.acceptTimeoutSec]
const leastSec = 1
const mostSec = (24 * hourMs) / secondMs

function repeated({ demand, offer }: Asked): Properties {
  const answer: Record<string, Properties[string]> = { ...offer }
  for (const name of intervals) {
    const wanted = demand[name]
    if (typeof wanted === 'number' && wanted >= leastSec && wanted <= mostSec) answer[name] = wanted
    else delete answer[name]
  }
  const names = Object.keys(answer).sort(compareStrings)
  return Object.fromEntries(names.map((name) => [name, answer[name]!]))
}

const soonMs = 10 * secondMs

function roomFor(demand: Properties, free: Resources): Reason | undefined {
  const threads = demand[demandNames.threads]
  const memoryMb = demand[demandNames.memoryMib]
  if (typeof threads !== 'number' || typeof memoryMb !== 'number' || threads < 1)
    return no('terms-incomplete', 'Say how many threads and how much memory.')
  if (threads <= free.threads && memoryMb <= free.memoryMb) return undefined
  return later('sold-out', `Only ${free.threads} threads and ${free.memoryMb} MB are free.`, soonMs)
}

/** Agreements of a minute at least, and a month at most: nobody can promise a tab for longer. */
const shortestMs = minuteMs
const longestMs = 30 * 24 * hourMs

function expirationFits(expiration: Properties[string] | undefined, now: Timestamp): Reason | undefined {
  if (typeof expiration !== 'number') return no('expiration-missing', 'Say until when.')
  const fits = expiration >= now + shortestMs && expiration <= now + longestMs
  return fits ? undefined : no('expiration-out-of-range', 'Between one minute and thirty days from now.')
}

const no = (code: string, message: string): Reason => ({ code, message, isFinal: true })
const later = (code: string, message: string, retryAfterMs: number): Reason => ({
  code,
  message,
  isFinal: false,
  retryAfterMs,
})
