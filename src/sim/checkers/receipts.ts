import type { Amount } from '../../kernel/amount.ts'
import { AgreementProposed } from '../../market/messages.ts'
import { DebitNoteAccepted } from '../../payment/messages.ts'
import type { ReceiptChain } from '../../receipts/chain.ts'
import { ExecutionReceipt, type ReceiptBody } from '../../receipts/messages.ts'
import type { Cid } from '../../wire/cid.ts'
import type { BodyOf, Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import type { Did } from '../../wire/schema.ts'
import type { Host } from '../shell.ts'
import type { World } from '../world.ts'
import { must } from './violation.ts'

/**
 * Receipts of an activity: one chain, closed, each place once. Acyclic it is by its names, which are hashes. Whoever holds two for
 * one place holds the proof, pays for nothing after it, and takes the job elsewhere.
 */
export type ReceiptChecks = {
  stated(host: Host, event: Verified<AnyBody>): void
  /** After a step that brought these. */
  heard(host: Host, events: readonly Verified<AnyBody>[]): void
  readonly count: () => number
  /** Lies that an honest node holds the proof of. */
  readonly proven: () => number
}

export function checkReceipts(world: World): ReceiptChecks {
  const places = new Map<string, Cid>()
  const known = new Map<Cid, number>()
  /** By whoever was lied to, job and liar: what the activity had cost by then. */
  const lies = new Map<string, { readonly activity: Cid; readonly cost: Amount }>()
  const lieKey = (host: Host, job: Cid, provider: Did): string => `${host.index} ${job} ${provider}`

  /** RC7: of two receipts for one place that were both taken. */
  function proofOf(host: Host, { id, body }: Verified<ReceiptBody>): ReceiptChain | undefined {
    const chain = host.node.chains.get(body.activity)
    const isTwin = chain?.recent.some((one) => one.body.sequence === body.sequence && one.id !== id)
    if (!chain || !isTwin || chain.provider !== body.author) return undefined
    must(
      chain.equivocation !== undefined,
      () => `two receipts for place ${body.sequence} are held and no proof`,
      body.activity,
    )
    return chain
  }

  function own(host: Host, event: Verified<ReceiptBody>): void {
    const { activity, sequence, prev } = event.body
    known.set(event.id, sequence)
    if (!host.actor.isHonest) return
    const place = `${activity} ${sequence}`
    const before = places.get(place)
    must(before === undefined || before === event.id, () => `two receipts for place ${sequence}`, activity)
    places.set(place, event.id)
    const parent = prev === undefined ? -1 : known.get(prev)
    must(parent === sequence - 1, () => `receipt ${sequence} follows ${parent ?? 'nothing known'}`, activity)
  }

  function taken(host: Host, event: Verified<ReceiptBody>): void {
    const { author, activity, job } = event.body
    const isHonest = world.hostOf.get(author)?.actor.isHonest === true
    must(!isHonest || known.has(event.id), () => 'a receipt was taken that its author never stored', activity)
    const chain = proofOf(host, event)
    if (!chain) return
    must(!isHonest, () => 'an honest provider is said to have lied', activity)
    lies.set(lieKey(host, job, author), { activity, cost: chain.cost })
  }

  /** What is durable is remembered: from here on the liar gets nothing of this job, and no more money for that activity. */
  function consequences(host: Host, { body }: Verified<AnyBody>): void {
    if (body.type === AgreementProposed.type) {
      const { demand, to } = body as BodyOf<typeof AgreementProposed>
      must(!lies.has(lieKey(host, demand, to)), () => 'a proven liar is given the job again', demand)
    }
    if (body.type !== DebitNoteAccepted.type) return
    const { note, total } = body as BodyOf<typeof DebitNoteAccepted>
    for (const { activity, cost } of lies.values()) {
      const isAbout = [...host.node.accounts.values()].some(({ activities }) =>
        activities.get(activity)?.notes.some(({ event }) => event.id === note),
      )
      must(!isAbout || total <= cost + (cost * 20n) / 1000n, () => `${total} paid after a lie at ${cost}`, activity)
    }
  }

  return {
    stated(host, event) {
      if (event.body.type === ExecutionReceipt.type) {
        const receipt = event as Verified<ReceiptBody>
        if (receipt.body.author === host.did) own(host, receipt)
        else if (host.actor.isHonest) taken(host, receipt)
      } else if (lies.size > 0 && event.body.author === host.did && host.actor.isHonest) consequences(host, event)
    },
    heard(host, events) {
      if (!host.actor.isHonest) return
      for (const event of events)
        if (event.body.type === ExecutionReceipt.type) proofOf(host, event as Verified<ReceiptBody>)
    },
    count: () => known.size,
    proven: () => lies.size,
  }
}
