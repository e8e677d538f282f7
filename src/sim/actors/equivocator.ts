import { AgreementTerminated } from '../../market/messages.ts'
import type { Effect } from '../../node/input.ts'
import { Deliver } from '../../node/messages.ts'
import { DebitNoteAccepted, InvoiceAccepted } from '../../payment/messages.ts'
import { merkleRoot } from '../../receipts/merkle.ts'
import { ExecutionReceipt, type ReceiptBody } from '../../receipts/messages.ts'
import type { AnyEventKind, Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import { ToSeal } from '../../wire/sealing.ts'
import type { Host } from '../shell.ts'
import type { Actor } from './actor.ts'

/** Says two things where only one may be said: two receipts for one place, two ends, two vouchers of one number. */
export const equivocator: Actor = {
  name: 'equivocator',
  isHonest: false,
  leaves(effect, host) {
    if (effect.type === 'attest' && effect.receipt && host.rng.chance(200))
      return [{ ...effect, receipt: twinOf(effect.receipt, { endedAt: host.now() + 1 }) ?? effect.receipt }]
    if (effect.type !== 'request' || effect.protocol.id !== Deliver.id) return [effect]
    return [withTwins(effect, host)]
  },
  contradicts(receipt, usage, { rng, now }) {
    if (!rng.chance(200)) return undefined
    const nothing = { taskCount: 0, okCount: 0, failedCount: 0, root: merkleRoot([]), endedAt: now(), usage }
    return twinOf(receipt as Verified<AnyBody>, nothing) as Verified<ReceiptBody> | undefined
  },
}

function withTwins(effect: Extract<Effect, { type: 'request' }>, host: Host): Effect {
  const { to, events } = effect.body as { to: string; events: readonly ToSeal[] }
  const doubled = events.flatMap((one) => {
    const twin = one.event.body.author === host.did ? twinOf(one.event, changeOf(one.event)) : undefined
    return twin ? [one, new ToSeal(twin)] : [one]
  })
  return { ...effect, body: { to, events: doubled.slice(0, 16) } }
}

function changeOf({ body }: Verified<AnyBody>): Readonly<Record<string, unknown>> {
  if ('reason' in body) return { reason: { code: 'Other', message: 'Another end.', isFinal: true } }
  if (!('channel' in body)) return {}
  const { payee, sequence, total } = body.channel as { payee: string; sequence: number; total: bigint }
  return { channel: { payee, sequence, total: total + 1n } }
}

const kinds: readonly AnyEventKind[] = [AgreementTerminated, DebitNoteAccepted, InvoiceAccepted, ExecutionReceipt]

/** The same event with other words, signed by the same hand. */
function twinOf({ body }: Verified<AnyBody>, change: Readonly<Record<string, unknown>>): Verified<AnyBody> | undefined {
  const kind = kinds.find(({ type }) => type === body.type)
  const { type: _type, version: _version, author, issuedAt, prev, ...fields } = body
  return kind?.author({ author, issuedAt, prev }, { ...fields, ...change }) as Verified<AnyBody> | undefined
}
