import { describe, expect, it } from 'vitest'
import { events, protocols, streams, topics } from '../../node/registry.ts'
import { receipt } from '../../receipts/receipt.examples.ts'
import type { Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import { sealed, signedMessage } from '../../wire/gate.ts'
import { memoryKeyStore } from '../identity/key-stores.ts'
import { openSigner, verify } from '../identity/keyring.ts'
import { createMemoryNetwork, createSwitchboard, type Switchboard } from '../memory/network.ts'
import { memoryDisk, memoryStorage } from '../memory/storage.ts'
import { createAnchoring } from './anchoring.ts'
import { createSealing } from './sealing.ts'

async function party(board: Switchboard) {
  const opened = await openSigner(memoryKeyStore())
  if (!opened.ok) throw new Error(opened.code)
  const signer = opened.value
  const { log } = memoryStorage(memoryDisk())
  const peerId = signer.peerId
  const network = createMemoryNetwork({ board, peerId, protocols, topics, streams, now: () => performance.now() })
  const sealing = createSealing(signer, verify, events)
  const anchor = createAnchoring({ network, sealing, log, me: signer.did })
  return { signer, log, anchor }
}

/** A receipt that a provider signed, kept by it and by whoever bought the work. */
async function told() {
  const board = createSwitchboard()
  const [provider, requestor] = [await party(board), await party(board)]
  const body = receipt({ author: provider.signer.did, requestor: requestor.signer.did })
  const signature = await provider.signer.sign(signedMessage(body.body.type, body.bytes))
  const event = body as Verified<AnyBody>
  const signed = { ...body, signature } as Verified<AnyBody>
  await provider.log.append([{ id: event.id, body: event.bytes }])
  await requestor.log.append([{ id: event.id, body: event.bytes, signature }])
  return { board, provider, requestor, event, signed, envelope: sealed(event.bytes, signature) }
}

describe('the anchor of a receipt', () => {
  it('is put by its author, found by the other side, and both say that they hold it', async () => {
    const { board, provider, requestor, event, signed, envelope } = await told()
    expect(await provider.anchor(event)).toBe(true)
    expect(board.values.get(event.id)).toEqual(envelope)
    expect(await requestor.anchor(signed)).toBe(true)
    expect(board.values.size).toBe(1)
    expect(board.providers.get(event.id)).toEqual(new Set([provider.signer.peerId, requestor.signer.peerId]))
  })

  it('is put by the other side where its author has gone', async () => {
    const { board, requestor, signed, envelope } = await told()
    expect(await requestor.anchor(signed)).toBe(true)
    expect(board.values.get(signed.id)).toEqual(envelope)
  })

  it('takes nothing else for it, and is none while this side has not kept it', async () => {
    const { board, provider, requestor, event, signed, envelope } = await told()
    board.values.set(signed.id, new Uint8Array([1, 2, 3]))
    expect(await requestor.anchor(signed)).toBe(true)
    expect(board.values.get(signed.id)).toEqual(envelope)
    const unkept = receipt({ author: provider.signer.did, sequence: 1, prev: event.id })
    expect(await provider.anchor(unkept as Verified<AnyBody>)).toBe(false)
  })
})
