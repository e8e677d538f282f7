import type { Effect } from '../../node/input.ts'
import { Deliver } from '../../node/messages.ts'
import type { RequestOf } from '../../wire/protocol.ts'
import type { ToSeal } from '../../wire/sealing.ts'
import type { Actor } from './actor.ts'

/** Has work done and answers no note and no invoice. Many of them with names of their own are a Sybil cluster. */
export const freeloader: Actor = {
  name: 'freeloader',
  isHonest: false,
  leaves: (effect) => [withoutPayments(effect)],
}
export const sybil: Actor = { ...freeloader, name: 'sybil' }

function withoutPayments(effect: Effect): Effect {
  if (effect.type !== 'request' || effect.protocol.id !== Deliver.id) return effect
  const { to, events } = effect.body as { to: RequestOf<typeof Deliver>['to']; events: readonly ToSeal[] }
  const kept = events.filter(({ event }) => !event.body.type.startsWith('payment/'))
  return { ...effect, body: { to, events: kept } }
}
