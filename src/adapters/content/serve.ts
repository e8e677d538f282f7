import { blockBytes } from '../../content/manifest.ts'
import { type BlocksMessage, decodeMessage, encodeMessage } from '../../content/messages.ts'
import type { Cid } from '../../wire/cid.ts'
import type { PeerId } from '../../wire/schema.ts'
import type { FrameStream } from '../network.port.ts'
import type { BlockStore } from '../storage.port.ts'

export type Allow = (cid: Cid, peerId: PeerId) => boolean

/** How a conversation ended, and what it cost. */
export type Served = {
  readonly sentBytes: number
  readonly blocks: number
  readonly end: 'done' | 'closed' | 'malformed' | 'silent' | 'store-failed'
}

/** Blocks read from the store before they can be sent: 1 MiB hides its latency. */
const readAhead = 4

/**
 * Answers one fetcher until it is done (CN7..CN9). Never rejects.
 * @param silentMs without a frame read or taken after which the fetcher is taken for dead
 */
export async function serveBlocks(
  stream: FrameStream,
  { blocks, allow, silentMs }: { blocks: BlockStore; allow: Allow; silentMs: number },
): Promise<Served> {
  let sentBytes = 0
  let sent = 0
  let end: Served['end'] = 'closed'
  let timer: ReturnType<typeof setTimeout> | undefined
  const alive = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      end = 'silent'
      stream.abort('silent')
    }, silentMs)
  }
  async function send(message: BlocksMessage): Promise<void> {
    await stream.send(encodeMessage(message))
    alive()
  }
  async function answer(cids: readonly Cid[]): Promise<boolean> {
    const stored = await Promise.all(cids.map((cid) => allow(cid, stream.peerId) && blocks.has(cid)))
    const has = cids.filter((_, i) => stored[i])
    await send({ type: 'have', cids: has })
    const reading = has.slice(0, readAhead).map((cid) => blocks.get(cid))
    for (const [i, cid] of has.entries()) {
      const bytes = await reading.shift()
      const ahead = has[i + readAhead]
      if (ahead !== undefined) reading.push(blocks.get(ahead))
      if (!bytes || bytes.length > blockBytes) {
        await Promise.allSettled(reading)
        return false // dropped to make room since, or no block of a file: a promise that cannot be kept
      }
      await send({ type: 'block', cid, bytes })
      sent++
      sentBytes += bytes.length
    }
    return true
  }
  async function refuse(code: 'malformed' | 'store-failed'): Promise<void> {
    end = code
    await send({ type: 'error', code })
    await stream.close()
  }

  alive()
  try {
    for await (const frame of stream.frames) {
      alive()
      const message = decodeMessage(frame)
      if (message.ok && message.value.type === 'want') {
        const kept = await answer(message.value.cids).catch((error: unknown) => {
          if (isStorageFailure(error)) return false
          throw error
        })
        if (kept) continue
        await refuse('store-failed')
      } else if (message.ok && message.value.type === 'done') {
        end = 'done'
        await stream.close()
      } else await refuse('malformed')
      break
    }
  } catch {
    // the stream ended under us: what there is to say of it is in `end`
  } finally {
    clearTimeout(timer)
  }
  return { sentBytes, blocks: sent, end }
}

const isStorageFailure = (error: unknown): boolean => error instanceof Error && error.name === 'StorageFailure'
