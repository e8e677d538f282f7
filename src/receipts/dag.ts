import type { Amount } from '../kernel/amount.ts'
import { compareStrings } from '../kernel/bytes.ts'
import type { Facts } from '../kernel/result.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { type Accepted, type AcceptedBody, acceptedAmong } from './acceptance.ts'
import { follows, isSound, type ReceiptFacts } from './chain.ts'
import { type FrameUsage, usageOfFrame } from './frame-usage.ts'
import type { Marks } from './independent.ts'
import type { ReceiptBody } from './messages.ts'
import type { ReceiptRefusal } from './rules.ts'
import type { AttestedBody } from './witness.ts'
import { type Attested, type RefusedWord, type Word, wordsFor } from './words.ts'

/** A receipt in the graph. */
export type ReceiptNode = {
  readonly id: Cid
  readonly body: ReceiptBody
  /** Of the receipts it stands on: none of the first of an activity, else one. */
  readonly parents: readonly Cid[]
  /** WN4: who has computed some of its tasks too, by their places, and signs that they came to the same; its children in the graph. */
  readonly attested?: readonly Attested[]
  /** CS6: that its requestor signed for it, and by which word. */
  readonly accepted?: Accepted | undefined
  /** Of this frame alone, where the one before it is here: what the cumulative counters rose by. */
  readonly rose?: (FrameUsage & { readonly cost: Amount }) | undefined
}

export type DagFault = {
  readonly code: ReceiptRefusal | 'receipts-forked'
  readonly receipt: Cid
  readonly facts: Facts
}

/** The receipts of one job: a closed graph without circles where `missing` and `faults` are empty. */
export type ReceiptDag = {
  readonly job: Cid
  /** By activity, then by place. */
  readonly nodes: readonly ReceiptNode[]
  /** The newest of each activity: nobody names them. */
  readonly heads: readonly Cid[]
  /** Named and not here. */
  readonly missing: readonly Cid[]
  readonly faults: readonly DagFault[]
  /** Words of witnesses that do not count. They are nobody's fault but their authors': anybody can sign anything. */
  readonly refused: readonly RefusedWord[]
}

type Receipt = Verified<ReceiptBody>

/**
 * DG1: all receipts of a job as a graph, each linked to the one it names. Along each link the place counts down by one (DG2), so that a graph
 * without faults has no circle.
 * @param receipts whose signatures hold; in any order, each as often as it came
 * @param heads names that are known to be of this job, here or not
 * @param providerOf an agreement's provider, where it is known
 */
export function receiptDag(
  job: Cid,
  receipts: readonly Receipt[],
  {
    heads = [],
    providerOf = () => undefined,
    words = [],
    acceptances = [],
    marksOf = () => [],
  }: {
    heads?: readonly Cid[]
    providerOf?(agreement: Cid): Did | undefined
    words?: readonly Word[]
    acceptances?: readonly Verified<AcceptedBody>[]
  } & Partial<Marks> = {},
): ReceiptDag {
  const byId = new Map(receipts.map((receipt) => [receipt.id, receipt]))
  const ordered = [...byId.values()].sort(inOrder)
  const named = new Set(ordered.flatMap(({ body }) => body.prev ?? []))
  const ends = ordered.filter(({ id }) => !named.has(id))
  const missing = [...new Set([...named, ...heads])].filter((id) => !byId.has(id)).sort(compareStrings)
  const incomplete = new Set(ordered.filter(({ body }) => body.prev && !byId.has(body.prev)).map(activityOf))
  const witnessed = wordsOf(ordered, words, { marksOf })
  const accepted = acceptedAmong(byId, acceptances)
  return {
    job,
    nodes: ordered.map((receipt) => {
      const { attested = [] } = witnessed.get(receipt.id) ?? {}
      const signed = {
        ...(attested.length > 0 && { attested }),
        ...(accepted.has(receipt.id) && { accepted: accepted.get(receipt.id) }),
      }
      return { ...nodeOf(receipt, byId), ...signed }
    }),
    heads: ends.map(({ id }) => id),
    missing,
    faults: [
      ...ordered.flatMap((receipt) => faultOf(job, receipt, { byId, providerOf })),
      ...twins(ordered),
      ...forks(ends, incomplete),
    ],
    refused: [...witnessed.values()].flatMap(({ refused }) => refused),
  }
}

/** WN6–WN8: by receipt, what its witnesses say. Who stands for both of two receipts of one place in the same task stands for neither. */
function wordsOf(
  ordered: readonly Receipt[],
  words: readonly Word[],
  known: Marks,
): ReadonlyMap<Cid, ReturnType<typeof wordsFor>> {
  const byReceipt = new Map<Cid, Word[]>()
  for (const word of words) {
    const same = byReceipt.get(word.event.body.receipt)
    if (same) same.push(word)
    else byReceipt.set(word.event.body.receipt, [word])
  }
  const saidOf = (receipt: Receipt | undefined): readonly Word[] => byReceipt.get(receipt?.id ?? ('' as Cid)) ?? []
  return new Map(
    ordered.flatMap((receipt, at) => {
      const said = saidOf(receipt)
      if (said.length === 0) return []
      const rivals = [ordered[at - 1], ordered[at + 1]].filter((other) => other && areTwins(receipt, other))
      const others = rivals.flatMap(saidOf).map(({ event }) => event.body)
      const isContradicted = (one: AttestedBody) => others.some((other) => contradicts(one, other))
      return [[receipt.id, wordsFor(receipt, said, { ...known, isContradicted })] as const]
    }),
  )
}

const contradicts = (one: AttestedBody, other: AttestedBody): boolean =>
  one.author === other.author && one.positions.some((position) => other.positions.includes(position))

const areTwins = ({ body: a }: Receipt, { body: b }: Receipt): boolean =>
  a.activity === b.activity && a.sequence === b.sequence && a.author === b.author

const activityOf = ({ body }: Receipt): Cid => body.activity
const inOrder = (a: Receipt, b: Receipt): number =>
  compareStrings(a.body.activity, b.body.activity) || a.body.sequence - b.body.sequence || compareStrings(a.id, b.id)

function nodeOf({ id, body }: Receipt, byId: ReadonlyMap<Cid, Receipt>): ReceiptNode {
  const before = body.prev === undefined ? undefined : byId.get(body.prev)?.body
  const isKnown = body.prev === undefined || before !== undefined
  const rose = { ...usageOfFrame(body, before), cost: (body.cost - (before?.cost ?? 0n)) as Amount }
  return { id, body, parents: body.prev === undefined ? [] : [body.prev], rose: isKnown ? rose : undefined }
}

type Known = { readonly byId: ReadonlyMap<Cid, Receipt>; providerOf(agreement: Cid): Did | undefined }

/** DG2: the rules of a chain, asked of each receipt and the one it names. */
function faultOf(job: Cid, { id, body }: Receipt, { byId, providerOf }: Known): DagFault[] {
  if (body.job !== job)
    return [{ code: 'receipt-of-other-activity', receipt: id, facts: { field: 'job', named: body.job } }]
  const provider = providerOf(body.agreement)
  if (provider !== undefined && provider !== body.author)
    return [{ code: 'receipt-not-yours', receipt: id, facts: { author: body.author, provider } }]
  const sound = isSound(body)
  if (!sound.ok) return [{ code: sound.code, receipt: id, facts: sound.facts }]
  const before = body.prev === undefined ? undefined : byId.get(body.prev)
  if (body.prev !== undefined && !before) return []
  const facts: ReceiptFacts = before ? factsOf(before) : factsOf({ body })
  if (facts.provider !== body.author)
    return [{ code: 'receipt-not-yours', receipt: id, facts: { author: body.author, provider: facts.provider } }]
  const fits = follows(before, body, facts)
  return fits.ok ? [] : [{ code: fits.code, receipt: id, facts: fits.facts }]
}

const factsOf = ({ body: { author, requestor, agreement } }: Pick<Receipt, 'body'>): ReceiptFacts => ({
  provider: author,
  requestor,
  agreement,
})

/** DG3: of two receipts of one author for one place the second is named, with the first. */
const twins = (ordered: readonly Receipt[]): DagFault[] =>
  ordered.flatMap((receipt, at) => {
    const before = ordered[at - 1]
    if (!before || !areTwins(before, receipt)) return []
    const facts = { sequence: receipt.body.sequence, first: before.id }
    return [{ code: 'receipts-equivocated' as const, receipt: receipt.id, facts }]
  })

/** DG4: an activity whose receipts are all here has one newest. */
const forks = (ends: readonly Receipt[], incomplete: ReadonlySet<Cid>): DagFault[] =>
  ends.flatMap((end, at) => {
    const before = ends[at - 1]
    const isFork = before && activityOf(before) === activityOf(end) && !incomplete.has(activityOf(end))
    return isFork ? [{ code: 'receipts-forked' as const, receipt: end.id, facts: { other: before.id } }] : []
  })
