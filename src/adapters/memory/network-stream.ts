import { concatBytes } from '../../kernel/bytes.ts'
import type { StreamProtocol } from '../../wire/protocol.ts'
import type { PeerId } from '../../wire/schema.ts'
import { networkFailure } from '../libp2p/failure.ts'
import type { FrameStream, Via } from '../network.port.ts'

type End = { readonly stream: FrameStream; cut(reason: string): void }

/** The two ends of a stream between two nodes of one process; a frame is copied, so that neither sees the other's changes. */
export function memoryStream(
  protocol: StreamProtocol,
  { ends, via, overhear }: { ends: readonly [PeerId, PeerId]; via: Via; overhear?: (bytes: Uint8Array) => void },
): readonly [End, End] {
  const toSecond = memoryPipe(protocol, overhear)
  const toFirst = memoryPipe(protocol, overhear)
  const end = (peerId: PeerId, out: Pipe, into: Pipe): End => {
    const cut = (reason: string): void => {
      const failure = networkFailure('closed', reason, { peer: peerId })
      out.break(failure)
      into.break(failure)
    }
    const close = async (): Promise<void> => {
      out.end()
      into.refuse(networkFailure('closed', 'the stream was closed', { peer: peerId }))
    }
    const stream = { peerId, via, send: out.send, frames: into.frames, close, abort: cut }
    return { stream, cut }
  }
  return [end(ends[1], toSecond, toFirst), end(ends[0], toFirst, toSecond)]
}

type Pipe = ReturnType<typeof memoryPipe>

/** Frames in one direction, at most `window` of them unread. */
function memoryPipe({ maxFrameBytes, window }: StreamProtocol, overhear?: (bytes: Uint8Array) => void) {
  const queue: Uint8Array[] = []
  const waiting = new Set<() => void>()
  let ended = false
  let refused: Error | undefined
  let broken: Error | undefined

  const changed = (): void => {
    const woken = [...waiting]
    waiting.clear()
    for (const wake of woken) wake()
  }
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>((resolve) => waiting.add(resolve))
  }
  const stopped = (): Error | undefined =>
    broken ?? refused ?? (ended ? networkFailure('closed', 'the stream was closed') : undefined)
  const send = async (...parts: readonly Uint8Array[]): Promise<void> => {
    const frame = concatBytes(parts)
    if (frame.length > maxFrameBytes)
      throw networkFailure('too-large', `a frame of ${frame.length} bytes, at most ${maxFrameBytes}`)
    await until(() => stopped() !== undefined || queue.length < window)
    const reason = stopped()
    if (reason) throw reason
    overhear?.(frame)
    queue.push(frame)
    changed()
  }
  const read = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      await until(() => queue.length > 0 || ended || broken !== undefined)
      const frame = queue.shift()
      changed()
      if (frame) yield frame
      else if (ended) return
      else throw broken
    }
  }
  return {
    send,
    frames: { [Symbol.asyncIterator]: read },
    end: (): void => {
      ended = true
      changed()
    },
    /** The reader went: what is sent from now on is refused, and the reader's own loop ends. */
    refuse: (reason: Error): void => {
      refused ??= reason
      ended = true
      changed()
    },
    break: (reason: Error): void => {
      if (!ended) broken ??= reason
      changed()
    },
  }
}
