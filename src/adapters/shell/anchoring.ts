import { type AttestedBody, ResultAttested } from '../../receipts/witness.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import type { Did } from '../../wire/schema.ts'
import type { Network } from '../network.port.ts'
import type { EventLog } from '../storage.port.ts'
import type { Sealing } from './sealing.ts'

/** Kademlia's own queries end in about ten seconds; there are two of them at the most. */
const anchorMs = 30_000
/** Receipts of others that we stand for, one said after the other: a busy witness has a few a second, and says it of some of them. */
const mostToSay = 64

type Ports = {
  readonly network: Network
  readonly sealing: Sealing
  readonly log: Pick<EventLog, 'byId'>
  readonly me: Did
}

/**
 * AT2: sees to it that a receipt is found by whoever knows its name, while this side keeps it on disk. Its author puts it into the DHT; the other
 * side looks whether it is there, and puts it there itself where it is not. Both say that they hold it.
 * @returns whether it is there; rejects where the DHT cannot be asked
 */
export function createAnchoring({ network: { dht }, sealing, log, me }: Ports) {
  async function isThere(id: Cid, signal: AbortSignal): Promise<boolean> {
    const value = await dht.get(id, signal)
    const found = value && (await sealing.unseal(value))
    return found?.ok === true && found.value.id === id
  }

  let toSay = 0
  let said: Promise<void> = Promise.resolve()
  /** WN5: who looks for whoever holds a receipt finds its witness, who has the receipt and its own word. */
  function sayHeld(receipt: Cid): Promise<boolean> {
    if (toSay >= mostToSay) return Promise.resolve(false)
    toSay += 1
    said = said.then(() => dht.provide(receipt, AbortSignal.timeout(anchorMs)).catch(() => {}))
    return said.then(() => {
      toSay -= 1
      return true
    })
  }

  return async function anchor(event: Verified<AnyBody>): Promise<boolean> {
    if (event.body.type === ResultAttested.type) return sayHeld((event.body as AttestedBody).receipt)
    const signal = AbortSignal.timeout(anchorMs)
    if (!(await log.byId(event.id))) return false
    const isDone = event.body.author !== me && (await isThere(event.id, signal))
    if (!isDone && (await dht.put(event.id, await sealing.seal(event), signal)) === 0) return false
    // The receipt itself is there: who holds the ones before it is good to know, and not what is waited for.
    await dht.provide(event.id, signal).catch(() => {})
    return true
  }
}
