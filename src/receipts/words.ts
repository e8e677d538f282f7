import { compareStrings } from '../kernel/bytes.ts'
import { dayMs, minuteMs } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { isIndependentOf, type Marks } from './independent.ts'
import type { ReceiptBody } from './messages.ts'
import { type AskedBody, type AttestedBody, mostWitnesses, mostWords } from './witness.ts'

export type WordFault =
  | 'attestation-of-another'
  | 'witness-of-oneself'
  | 'attestation-beyond-frame'
  | 'attestation-late'
  | 'attestation-not-asked'

/** A clock may be as far ahead of another. */
const mostAheadMs = 10 * minuteMs
/** An agreement lasts an hour, and its tasks are witnessed while their job runs: by then nobody is asked any more. */
const mostLateMs = dayMs

/** WN6: why a word says nothing for a receipt, to anybody who holds both. @param asked whose signature holds, as it stands in the word */
export function wordFault(
  { id, body }: Pick<Verified<ReceiptBody>, 'id' | 'body'>,
  said: AttestedBody,
  asked: AskedBody | undefined,
): WordFault | undefined {
  if (!isAbout(said, { to: body.requestor, receipt: id, job: body.job, activity: body.activity }))
    return 'attestation-of-another'
  if (said.author === body.author || said.author === body.requestor) return 'witness-of-oneself'
  const isOfFrame = said.positions.length > 0 && said.positions.every((position) => position < body.taskCount)
  if (!isOfFrame) return 'attestation-beyond-frame'
  if (said.issuedAt < body.issuedAt - mostAheadMs || said.issuedAt > body.issuedAt + mostLateMs)
    return 'attestation-late'
  return asked && isAsked(said, asked) ? undefined : 'attestation-not-asked'
}

/** Whether this is what the requestor asked of this witness, or a part of it. */
export const isAsked = (said: AttestedBody, asked: AskedBody): boolean =>
  asked.author === said.to &&
  isAbout(asked, { ...said, to: said.author }) &&
  said.positions.every((position) => asked.positions.includes(position))

const isAbout = (
  one: Pick<AttestedBody, 'to' | 'receipt' | 'job' | 'activity'>,
  { to, receipt, job, activity }: Pick<AttestedBody, 'to' | 'receipt' | 'job' | 'activity'>,
): boolean => one.to === to && one.receipt === receipt && one.job === job && one.activity === activity

/** A word about a receipt with the question in it, both signed. */
export type Word = { readonly event: Verified<AttestedBody>; readonly asked: AskedBody | undefined }
/** A word that does not count, and why. */
export type RefusedWord = {
  readonly receipt: Cid
  readonly attestation: Cid
  readonly witness: Did
  readonly code: WordFault | 'attestation-contradicted' | 'witness-not-independent' | 'too-many-witnesses'
}
export type Attested = {
  readonly witness: Did
  readonly event: Cid
  readonly parent: Cid
  readonly positions: readonly number[]
}

/**
 * WN6–WN8: the words about a receipt that count, oldest first, each once; of seven witnesses at most, each for itself.
 * @param among `isContradicted`: whether its witness stands for a rival of the receipt in one of these places too
 */
export function wordsFor(
  receipt: Pick<Verified<ReceiptBody>, 'id' | 'body'>,
  words: readonly Word[],
  among: Marks & { isContradicted?(said: AttestedBody): boolean },
): { readonly attested: readonly Attested[]; readonly refused: readonly RefusedWord[] } {
  const byId = new Map(words.map((word) => [word.event.id, word]))
  const ordered = [...byId.values()].sort(
    ({ event: a }, { event: b }) => a.body.issuedAt - b.body.issuedAt || compareStrings(a.id, b.id),
  )
  const attested: Attested[] = []
  const refused: RefusedWord[] = []
  const witnesses = new Set<Did>()
  const { author: provider, requestor } = receipt.body
  const isForItself = (witness: Did): boolean =>
    witnesses.has(witness) || isIndependentOf(among, witness, [provider, requestor, ...witnesses])
  for (const { event, asked } of ordered.slice(0, mostWords)) {
    const { author: witness, positions } = event.body
    const code =
      wordFault(receipt, event.body, asked) ??
      (among.isContradicted?.(event.body) ? 'attestation-contradicted' : undefined) ??
      (isForItself(witness) ? undefined : 'witness-not-independent') ??
      (!witnesses.has(witness) && witnesses.size >= mostWitnesses ? 'too-many-witnesses' : undefined)
    if (code) refused.push({ receipt: receipt.id, attestation: event.id, witness, code })
    else {
      witnesses.add(witness)
      attested.push({ witness, event: event.id, parent: receipt.id, positions })
    }
  }
  return { attested, refused }
}
