import { keyOfDid } from '../../identity/did.ts'
import type { Signer, Verify } from '../../identity/signing.ts'
import { setBounded } from '../../kernel/bound.ts'
import { ok, type Result } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Verified } from '../../wire/event.ts'
import {
  type AnyBody,
  type GateCode,
  open,
  prove,
  type Registry,
  sealed,
  signedMessage,
  type Unproven,
} from '../../wire/gate.ts'
import { ToSeal } from '../../wire/sealing.ts'

/** The two doors of the gate with a key behind them. */
export type Sealing = {
  /** The envelope of an event: ours is signed now, a foreign one carries its signature. */
  seal(event: Verified<AnyBody>): Promise<Uint8Array>
  /** The same of what is said once: its envelope is not kept ready. */
  sealOnce(event: Verified<AnyBody>): Promise<Uint8Array>
  /** Bytes from anybody become a fact, or a reason why not. */
  unseal(bytes: Uint8Array): Promise<Result<Verified<AnyBody>, GateCode>>
  /** The same in two halves, for whoever has work to do while the signature is checked. */
  claim(bytes: Uint8Array): Result<Claim, GateCode>
  /** A message ready for the wire: every `ToSeal` in it replaced by its envelope. */
  sealAll(message: unknown): Promise<unknown>
}

/** What somebody claims, good for nothing until it is proven; `proven` never rejects. */
export type Claim = Pick<Unproven, 'event'> & { readonly proven: Promise<Result<Verified<AnyBody>, GateCode>> }

/** Envelopes kept ready: an offer is asked for by everybody, and Ed25519 costs 0.1 ms. */
const mostEnvelopes = 1_024

export function createSealing(signer: Signer, verify: Verify, registry: Registry): Sealing {
  const envelopes = new Map<Cid, Promise<Uint8Array>>()

  function seal(event: Verified<AnyBody>): Promise<Uint8Array> {
    const ready = envelopes.get(event.id)
    if (ready) return ready
    const made = envelope(event)
    setBounded(envelopes, event.id, made, mostEnvelopes)
    return made
  }

  async function envelope({ body, bytes, signature }: Verified<AnyBody>): Promise<Uint8Array> {
    return sealed(bytes, signature ?? (await signer.sign(signedMessage(body.type, bytes))))
  }

  function claim(bytes: Uint8Array): Result<Claim, GateCode> {
    const opened = open(registry, bytes)
    return opened.ok ? ok({ event: opened.value.event, proven: provenBy(opened.value) }) : opened
  }

  async function provenBy(unproven: Unproven): Claim['proven'] {
    const { claimed, message, signature } = unproven
    const key = keyOfDid(claimed.author)
    return prove(unproven, key !== undefined && (await verify(key, message, signature)))
  }

  return {
    seal,
    sealOnce: envelope,
    claim,
    async unseal(bytes) {
      const claimed = claim(bytes)
      return claimed.ok ? claimed.value.proven : claimed
    },
    async sealAll(message) {
      if (message instanceof ToSeal) return seal(message.event)
      if (Array.isArray(message)) return Promise.all(message.map((item) => this.sealAll(item)))
      if (typeof message !== 'object' || message === null || message instanceof Uint8Array) return message
      const fields = await Promise.all(
        Object.entries(message).map(async ([name, value]) => [name, await this.sealAll(value)]),
      )
      return Object.fromEntries(fields)
    },
  }
}
