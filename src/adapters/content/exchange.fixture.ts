import type { DropCode } from '../../content/fetch-plan.ts'
import { blockBytes } from '../../content/manifest.ts'
import { equalBytes } from '../../kernel/bytes.ts'
import type { Result } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'
import type { PeerId } from '../../wire/schema.ts'
import { memoryDisk, memoryStorage } from '../memory/storage.ts'
import type { FrameStream } from '../network.port.ts'
import { contentExchange, type Exchange } from './exchange.ts'
import type { FetchProgress } from './fetch.ts'
import { framePair } from './frame-pair.ts'

export const me = 'me' as PeerId
export const file = (blocks: number): Uint8Array =>
  new Uint8Array(blocks * blockBytes - 5).map((_, i) => (i >> 16) + (i % 251))

export type Node = Exchange & { readonly peer: PeerId; readonly blocks: ReturnType<typeof memoryStorage>['blocks'] }
export function node(name: string, disk = memoryDisk(), quotaBytes?: number): Node {
  const { blocks } = memoryStorage(disk, quotaBytes)
  return { ...contentExchange(blocks), blocks, peer: name as PeerId }
}
export async function added(owner: Node, bytes: Uint8Array): Promise<Cid> {
  const name = await owner.addFile(bytes)
  if (!name.ok) throw new Error(name.code)
  return name.value
}

/** A network in which each peer is what the function makes of its end of a stream. */
export type Behaviour = (stream: FrameStream) => unknown
export function network(peers: Record<string, Behaviour>) {
  const opened: PeerId[] = []
  return {
    opened,
    open: async (peer: PeerId): Promise<FrameStream> => {
      opened.push(peer)
      const behaviour = peers[peer]
      if (!behaviour) throw new Error('unreachable')
      const [mine, theirs] = framePair(me, peer)
      void behaviour(theirs)
      return mine
    },
  }
}
export const honest =
  (owner: Node): Behaviour =>
  (stream) =>
    owner.serve(stream, { allow: () => true })
/** By hand: the test library compares large arrays element by element, for minutes. */
export const is =
  (bytes: Uint8Array) =>
  (fetched: Result<Uint8Array>): boolean =>
    fetched.ok && equalBytes(fetched.value, bytes)
export const peers = (...names: string[]): PeerId[] => names as PeerId[]

export function watched() {
  const dropped: string[] = []
  const progress: FetchProgress[] = []
  return {
    dropped,
    progress,
    onDropped: (peer: PeerId, code: DropCode) => void dropped.push(`${peer} ${code}`),
    onProgress: (step: FetchProgress) => void progress.push(step),
  }
}
