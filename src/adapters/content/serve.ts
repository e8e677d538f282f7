import { blockBytes } from '../../content/manifest.ts'
import { decodeMessage, encodeBlock, encodeMessage } from '../../content/messages.ts'
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

type Prepared = {
  readonly has: Promise<readonly Cid[]>
  /** Of the first blocks; the others are begun as these are sent. */
  readonly reading: Promise<Promise<Uint8Array | undefined>[]>
}

/** Blocks read from the store before they can be sent, half of them in one transaction: 2 MiB hides its latency. */
const readAhead = 8

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
  async function send(...frame: readonly Uint8Array[]): Promise<void> {
    await stream.send(...frame)
    alive()
  }
  /** Looks up what is asked for, and begins to read it, while what was asked before is still being sent. */
  function prepare(cids: readonly Cid[]): Prepared {
    const has = Promise.all(cids.map((cid) => allow(cid, stream.peerId) && blocks.has(cid))).then((stored) =>
      cids.filter((_, i) => stored[i]),
    )
    const reading = has.then((names) => names.slice(0, readAhead / 2).map((cid) => blocks.get(cid)))
    // What fails is heard when its turn comes.
    reading.then((reads) => Promise.allSettled(reads)).catch(() => {})
    return { has, reading }
  }
  /** @returns whether all that was promised was sent */
  async function answer(prepared: Prepared): Promise<boolean> {
    const has = await prepared.has
    const reading = await prepared.reading
    await send(encodeMessage({ type: 'have', cids: [...has] }))
    for (const [i, cid] of has.entries()) {
      if (reading.length <= readAhead / 2)
        reading.push(...has.slice(i + reading.length, i + readAhead).map((ahead) => blocks.get(ahead)))
      const bytes = await reading.shift()
      if (!bytes || bytes.length > blockBytes) {
        await Promise.allSettled(reading)
        return false // dropped to make room since, or no block of a file: a promise that cannot be kept
      }
      await send(...encodeBlock(cid, bytes))
      sent++
      sentBytes += bytes.length
    }
    return true
  }
  async function refuse(code: 'malformed' | 'store-failed'): Promise<void> {
    end = code
    await send(encodeMessage({ type: 'error', code }))
    await stream.close()
  }

  /** Answers in the order of the questions; false once one could not be kept. */
  let answered = Promise.resolve(true)
  let before = answered
  const failed = Promise.withResolvers<undefined>()
  function answerNext(cids: readonly Cid[]): void {
    const prepared = prepare(cids)
    before = answered
    answered = before.then(async (isKept) => isKept && (await answer(prepared).catch(whereStorageFails)))
    answered.then(
      (isKept) => isKept || failed.resolve(undefined),
      (error: unknown) => failed.reject(error),
    )
  }

  alive()
  try {
    const frames = stream.frames[Symbol.asyncIterator]()
    failed.promise.catch(() => {})
    for (;;) {
      const next = await Promise.race([frames.next(), failed.promise])
      if (!next) {
        await refuse('store-failed')
        break
      }
      if (next.done) break
      alive()
      const message = decodeMessage(next.value)
      if (message.ok && message.value.type === 'want') {
        // One question is answered and one prepared: more of them wait unread.
        await before.catch(() => false)
        answerNext(message.value.cids)
        continue
      }
      if (await answered) {
        if (message.ok && message.value.type === 'done') {
          end = 'done'
          await stream.close()
        } else await refuse('malformed')
      } else await refuse('store-failed')
      break
    }
  } catch {
    // the stream ended under us: what there is to say of it is in `end`
  } finally {
    clearTimeout(timer)
  }
  return { sentBytes, blocks: sent, end }
}

function whereStorageFails(error: unknown): false {
  if (error instanceof Error && error.name === 'StorageFailure') return false
  throw error
}
