import { blocksProtocol } from '../content/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { PeerId } from '../wire/schema.ts'
import type { Mesh } from './api.ts'
import type { Parts } from './mesh.ts'
import type { Sharing } from './sharing.ts'

/** Kademlia's own walk ends within this. */
const provideMs = 20_000

/** Files by their CID: added here for everybody, and had from whoever has them. */
export function createContent(
  { content, network, blocks }: Parts,
  { sharing, peers }: { readonly sharing: Sharing; readonly peers: Mesh['peers'] },
): Mesh['content'] {
  /** Neighbours first; then whoever the DHT names. */
  async function* whoHas(cid: Cid): AsyncGenerator<PeerId> {
    yield* peers().map(({ peerId }) => peerId)
    yield* await network.dht.findProviders(cid, AbortSignal.timeout(provideMs)).catch(() => [])
  }

  return {
    async add(bytes) {
      const cid = await content.addFile(bytes)
      if (!cid.ok) return cid
      await sharing.share(cid.value)
      // Found by name as soon as the DHT knows it; until then by asking this node.
      void network.dht.provide(cid.value, AbortSignal.timeout(provideMs)).catch(() => {})
      return cid
    },
    get: (cid, options = {}) =>
      content.fetchFile(cid, {
        providers: options.from ?? whoHas(cid),
        open: (peer) => network.openStream(peer, blocksProtocol),
        signal: options.signal,
        onProgress: (progress) => options.onProgress?.(progress.bytes, progress.sizeBytes),
      }),
    usage: () => blocks.usage(),
  }
}
