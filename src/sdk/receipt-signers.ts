import { peerIdOfDid } from '../identity/did.ts'
import { events } from '../node/registry.ts'
import { type AcceptedBody, ReceiptsAccepted } from '../receipts/acceptance.ts'
import {
  type AskedBody,
  type AttestedBody,
  mostWitnesses,
  PullAttestations,
  ResultAttested,
  WitnessAsked,
} from '../receipts/witness.ts'
import { type Word, wordFault } from '../receipts/words.ts'
import type { Cid } from '../wire/cid.ts'
import { decodeFrame, encode } from '../wire/codec.ts'
import type { Verified } from '../wire/event.ts'
import { open } from '../wire/gate.ts'
import { check, type Did } from '../wire/schema.ts'
import type { Parts } from './mesh.ts'
import type { Receipt, ReceiptSources } from './receipt-sources.ts'

/** Of receipts whose requestor is away, so many are looked for at whoever else holds them: each search takes seconds, and somebody waits. */
const mostSought = 16

type Pulled = { readonly words: readonly Word[]; readonly accepted: Verified<AcceptedBody> | undefined }

/** Where words about a receipt may be: here, at its parties, at its witnesses. What comes from elsewhere is proven, and the question in it too. */
export function receiptSigners(
  { node, network, shell }: Pick<Parts, 'node' | 'network' | 'shell'>,
  { holders }: Pick<ReceiptSources, 'holders'>,
) {
  /** Its signatures were checked when it came, or it is our own. */
  function own({ id }: Receipt): readonly Word[] {
    return (node.attestations.get(id) ?? []).map((event) => {
      const asked = open(events, event.body.asked)
      return { event, asked: asked.ok ? (asked.value.event.body as AskedBody) : undefined }
    })
  }

  async function proven(sealed: Uint8Array, receipt: Cid): Promise<Word[]> {
    const event = await shell.sealing.unseal(sealed)
    if (!event.ok || event.value.body.type !== ResultAttested.type) return []
    const said = event.value as Verified<AttestedBody>
    if (said.body.receipt !== receipt) return []
    const asked = await shell.sealing.unseal(said.body.asked)
    const isQuestion = asked.ok && asked.value.body.type === WitnessAsked.type
    return [{ event: said, asked: isQuestion ? (asked.value.body as AskedBody) : undefined }]
  }

  /** CS6: of its requestor, about its activity. */
  async function provenAcceptance(sealed: Uint8Array, { body }: Receipt): Promise<Verified<AcceptedBody> | undefined> {
    const event = await shell.sealing.unseal(sealed)
    if (!event.ok || event.value.body.type !== ReceiptsAccepted.type) return undefined
    const said = event.value as Verified<AcceptedBody>
    return said.body.activity === body.activity && said.body.author === body.requestor ? said : undefined
  }

  /** @returns undefined where nobody answers */
  async function pulled(receipt: Receipt, from: Did): Promise<Pulled | undefined> {
    const { id, body } = receipt
    const peerId = peerIdOfDid(from)
    if (!peerId || from === node.me) return undefined
    const asked = { receipt: id, activity: body.activity }
    const bytes = await network.request(peerId, PullAttestations, encode(asked)).catch(() => undefined)
    const decoded = bytes && decodeFrame(bytes)
    const read = decoded?.ok ? check(PullAttestations.response, decoded.value) : undefined
    if (!read?.ok) return undefined
    const { attestations, accepted } = read.value as { attestations: Uint8Array[]; accepted?: Uint8Array }
    const words = (await Promise.all(attestations.map((sealed) => proven(sealed, id)))).flat()
    return { words, accepted: accepted && (await provenAcceptance(accepted, receipt)) }
  }

  /** WN5: of one graph: whoever is away is not asked twice. @param from who is asked beside the requestor */
  return function asking(from?: Did) {
    const away = new Set<Did>()
    /** Providers of a job are the witnesses of each other's receipts. */
    const providers = new Set<Did>()
    let sought = 0
    /** CS6: by activity. */
    const accepted = new Map<Cid, Verified<AcceptedBody>>()
    const askedAuthor = new Set<Cid>()

    async function theirs(receipt: Receipt, did: Did | undefined): Promise<readonly Word[] | undefined> {
      if (did === undefined || away.has(did)) return undefined
      const found = await pulled(receipt, did)
      if (!found) away.add(did)
      if (found?.accepted) noteAccepted(found.accepted)
      return found?.words
    }

    function noteAccepted(said: Verified<AcceptedBody>): void {
      const { activity, sequence } = said.body
      if (sequence > (accepted.get(activity)?.body.sequence ?? -1)) accepted.set(activity, said)
    }

    async function ofAll(receipt: Receipt, dids: Iterable<Did>): Promise<readonly Word[]> {
      const found = await Promise.all([...dids].map((did) => theirs(receipt, did)))
      const words = found.flatMap((some) => some ?? [])
      for (const { event, asked } of words) if (!wordFault(receipt, event.body, asked)) note(event.body.author)
      return words
    }

    function note(provider: Did): void {
      if (providers.size <= mostWitnesses) providers.add(provider)
    }

    async function wordsOf(receipt: Receipt): Promise<readonly Word[]> {
      const here = own(receipt)
      const { requestor, author, activity } = receipt.body
      // A job without commits has no witnesses.
      if (requestor === node.me || node.activities.get(activity)?.hasCommits === false) return here
      const known = await theirs(receipt, requestor)
      if (known) return [...here, ...known]
      const some = from === author ? undefined : await theirs(receipt, from)
      if (some && some.length > 0) return [...here, ...some]
      note(author)
      sought += 1
      const keepers = sought > mostSought ? [] : await holders(receipt.id)
      return [...here, ...(await ofAll(receipt, new Set([...keepers, ...providers])))]
    }

    /** A requestor that does not own up to its word has given it to the receipt's author. */
    async function askAuthor(receipt: Receipt): Promise<void> {
      const { activity, author, requestor } = receipt.body
      const own = node.acceptances.get(activity)
      if (own) noteAccepted(own)
      const isParty = requestor === node.me || author === node.me
      if (isParty || accepted.has(activity) || askedAuthor.has(activity)) return
      askedAuthor.add(activity)
      await theirs(receipt, author)
    }

    return {
      async wordsOf(receipt: Receipt): Promise<readonly Word[]> {
        const words = await wordsOf(receipt)
        await askAuthor(receipt)
        return words
      },
      /** What requestors signed of the activities whose receipts were asked about. */
      acceptances: (): readonly Verified<AcceptedBody>[] => [...accepted.values()],
    }
  }
}
