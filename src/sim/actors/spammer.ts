import { after, minuteMs } from '../../kernel/time.ts'
import { OfferIds, Proposal, PullOffers } from '../../market/messages.ts'
import { Deliver } from '../../node/messages.ts'
import { cidOf } from '../../wire/cid.ts'
import { encode } from '../../wire/codec.ts'
import type { Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import { packetOf } from '../codec.ts'
import type { Host } from '../shell.ts'
import { randomBytes } from '../signing.ts'
import type { Actor } from './actor.ts'

const spamEveryMs = 200
/** Half a minute of it, 14,000 proposals: what is not refused by then would not be after an hour either. */
const mostSpams = 150
const proposalsAtOnce = 16

/** Junk, announced lengths, offers that nobody can pull, and proposals by the dozen, to whoever is near. */
export const spammer: Actor = {
  name: 'spammer',
  isHonest: false,
  starts(host) {
    let left = mostSpams
    const again = (): void =>
      host.world.plan(spamEveryMs, 'spam', host, () => {
        for (const victim of host.world.network.linksOf(host)) spam(host, victim)
        left -= 1
        if (left > 0) again()
      })
    again()
  },
}

function spam(host: Host, victim: Host): void {
  const { network, codec } = host.world
  const { rng, signer } = host
  const nobody = (): void => {}
  network.request(host, victim.did, Deliver, packetOf(randomBytes(rng, 64)), nobody)
  network.request(host, victim.did, PullOffers, packetOf(encode({ ids: [] })), nobody)
  const junk = Array.from({ length: 4 }, () => randomBytes(rng, 256))
  const proposals = Array.from({ length: proposalsAtOnce - 4 }, () => codec.seal(signer, proposalTo(host, victim)))
  network.request(
    host,
    victim.did,
    Deliver,
    packetOf(encode({ to: victim.did, events: [...junk, ...proposals] })),
    nobody,
  )
  const offers = Array.from({ length: 8 }, () => cidOf(randomBytes(rng, 8), 'dag-cbor'))
  network.publish(host, OfferIds, packetOf(encode({ by: host.did, offers, withdrawn: [] })))
}

function proposalTo(host: Host, victim: Host): Verified<AnyBody> {
  const demand = cidOf(randomBytes(host.rng, 8), 'dag-cbor')
  const fields = {
    to: victim.did,
    demand,
    properties: {},
    constraints: '()',
    expiresAt: after(host.now(), 60 * minuteMs),
  }
  return Proposal.author({ author: host.did, issuedAt: host.now() }, fields) as Verified<AnyBody>
}
