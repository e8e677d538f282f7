import { didOfPeerId, peerIdOfDid } from '../identity/did.ts'
import { events } from '../node/registry.ts'
import { mostSealedBytes, PullReceipts, type ReceiptBody } from '../receipts/messages.ts'
import type { Cid } from '../wire/cid.ts'
import { decodeFrame, encode } from '../wire/codec.ts'
import type { Verified } from '../wire/event.ts'
import { reopen } from '../wire/gate.ts'
import { check, type Did } from '../wire/schema.ts'
import type { Parts } from './mesh.ts'

/** The DHT's own search ends within this. */
const dhtMs = 8_000
/** Of those that say in the DHT that they hold a receipt, so many are asked: its two parties, and as many witnesses as it may have. */
const mostHolders = 9

export type Receipt = Verified<ReceiptBody>
export type ReceiptSources = ReturnType<typeof receiptSources>

/** Where a receipt may be: here, at a peer, in the DHT. What comes from elsewhere has passed the gate, and is of the name asked for. */
export function receiptSources({ log, network, shell }: Pick<Parts, 'log' | 'network' | 'shell'>) {
  /** Whoever sealed it: its signature is checked now. */
  async function proven(sealed: Uint8Array): Promise<Receipt | undefined> {
    if (sealed.length > mostSealedBytes) return undefined
    const event = await shell.sealing.unseal(sealed)
    return event.ok && event.value.body.type === 'receipts/execution' ? (event.value as Receipt) : undefined
  }
  const named = async (cid: Cid, sealed: Uint8Array): Promise<Receipt | undefined> => {
    const found = await proven(sealed)
    return found?.id === cid ? found : undefined
  }

  async function ownLog(cid: Cid): Promise<Receipt | undefined> {
    const entry = await log.byId(cid)
    const event = entry && reopen(events, entry.body)
    if (!event?.ok || event.value.body.type !== 'receipts/execution') return undefined
    return { ...event.value, ...(entry?.signature && { signature: entry.signature }) } as Receipt
  }

  async function dht(cid: Cid): Promise<Receipt | undefined> {
    const value = await network.dht.get(cid, AbortSignal.timeout(dhtMs)).catch(() => undefined)
    return value && named(cid, value)
  }

  async function peer(cid: Cid, did: Did): Promise<Receipt | undefined> {
    const peerId = peerIdOfDid(did)
    if (!peerId || peerId === network.peerId) return undefined
    const bytes = await network.request(peerId, PullReceipts, encode({ ids: [cid] })).catch(() => undefined)
    const decoded = bytes && decodeFrame(bytes)
    const read = decoded?.ok ? check(PullReceipts.response, decoded.value) : undefined
    const [sealed] = read?.ok ? (read.value as { receipts: Uint8Array[] }).receipts : []
    return sealed && named(cid, sealed)
  }

  /** Those that said in the DHT that they keep it. */
  async function holders(cid: Cid): Promise<readonly Did[]> {
    const peers = await network.dht.findProviders(cid, AbortSignal.timeout(dhtMs)).catch(() => [])
    return peers.slice(0, mostHolders).flatMap((peerId) => didOfPeerId(peerId) ?? [])
  }

  async function ofHolders(cid: Cid): Promise<Receipt | undefined> {
    for (const did of await holders(cid)) {
      const found = await peer(cid, did)
      if (found) return found
    }
    return undefined
  }

  return {
    proven,
    ownLog,
    peer,
    /** Wherever it is; `from` is asked where neither the own log nor the DHT has it. */
    find: async (cid: Cid, from?: Did): Promise<Receipt | undefined> =>
      (await ownLog(cid)) ?? (await dht(cid)) ?? (from && (await peer(cid, from))) ?? ofHolders(cid),
    holders,
    /** Its envelope: our own are signed now. */
    seal: (receipt: Receipt): Promise<Uint8Array> => shell.sealing.seal(receipt),
  }
}
