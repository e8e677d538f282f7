import { peerIdOfDid } from '../identity/did.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { events } from '../node/registry.ts'
import { PullReceipts, type ReceiptBody } from '../receipts/messages.ts'
import type { Cid } from '../wire/cid.ts'
import { decodeFrame, encode } from '../wire/codec.ts'
import { reopen } from '../wire/gate.ts'
import { check, type Did } from '../wire/schema.ts'
import type { ReceiptsApi } from './api.ts'
import type { Parts } from './mesh.ts'

/** The DHT's own search ends within this. */
const dhtMs = 8_000

type Found = { readonly id: Cid; readonly body: ReceiptBody }

export function createReceipts({ node, log, network, shell }: Parts): ReceiptsApi {
  async function proven(cid: Cid, sealed: Uint8Array): Promise<Found | undefined> {
    const event = await shell.sealing.unseal(sealed)
    const isIt = event.ok && event.value.id === cid && event.value.body.type === 'receipts/execution'
    return isIt ? { id: cid, body: event.value.body as ReceiptBody } : undefined
  }

  async function ownLog(cid: Cid): Promise<Found | undefined> {
    const entry = await log.byId(cid)
    const event = entry && reopen(events, entry.body)
    return event?.ok && event.value.body.type === 'receipts/execution'
      ? { id: cid, body: event.value.body as ReceiptBody }
      : undefined
  }

  async function fromDht(cid: Cid): Promise<Found | undefined> {
    const value = await network.dht.get(cid, AbortSignal.timeout(dhtMs)).catch(() => undefined)
    return value && proven(cid, value)
  }

  async function fromPeer(cid: Cid, did: Did): Promise<Found | undefined> {
    const peer = peerIdOfDid(did)
    const bytes = peer && (await network.request(peer, PullReceipts, encode({ ids: [cid] })).catch(() => undefined))
    const decoded = bytes && decodeFrame(bytes)
    const read = decoded?.ok ? check(PullReceipts.response, decoded.value) : undefined
    const [sealed] = read?.ok ? (read.value as { receipts: Uint8Array[] }).receipts : []
    return sealed && proven(cid, sealed)
  }

  return {
    async get(cid, from): Promise<Result<Found>> {
      const found = (await ownLog(cid)) ?? (await fromDht(cid)) ?? (from && (await fromPeer(cid, from)))
      return found ? ok(found) : refuse('receipt-not-found', { receipt: cid })
    },
    ofJob: (job) =>
      [...(node.links.get(job)?.activities ?? [])].flatMap((activity) => {
        const latest = node.chains.get(activity)?.latest
        return latest ? [{ id: latest.id, body: latest.body, stage: node.jobs.get(job)?.stage }] : []
      }),
  }
}
