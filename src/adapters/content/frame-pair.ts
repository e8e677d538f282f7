import { concatBytes } from '../../kernel/bytes.ts'
import type { PeerId } from '../../wire/schema.ts'
import type { FrameStream, NetworkFailure } from '../network.port.ts'

/** Frames that may wait unread before the sender is held back, as in a real stream. */
const window = 8

/** Two ends of a stream in memory: what one sends, the other reads. */
export function framePair(a: PeerId, b: PeerId): readonly [FrameStream, FrameStream] {
  const forth = lane()
  const back = lane()
  const end = (peerId: PeerId, out: Lane, into: Lane): FrameStream => ({
    peerId,
    via: 'webrtc',
    send: out.send,
    frames: into.frames,
    close: async () => out.end(),
    abort: () => {
      out.cut()
      into.cut()
    },
  })
  return [end(b, forth, back), end(a, back, forth)]
}

type Lane = {
  send(...frame: readonly Uint8Array[]): Promise<void>
  readonly frames: AsyncIterable<Uint8Array>
  end(): void
  cut(): void
}

function lane(): Lane {
  const waiting: Uint8Array[] = []
  let state: 'open' | 'ended' | 'cut' = 'open'
  let stirred: (() => void)[] = []
  const stir = (): void => {
    for (const awake of stirred.splice(0)) awake()
  }
  const pause = (): Promise<void> =>
    new Promise((awake) => {
      stirred = [...stirred, awake]
    })
  async function* read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const frame = waiting.shift()
      stir()
      if (state === 'cut') throw closed()
      if (frame) yield frame
      else if (state === 'ended') return
      else await pause()
    }
  }
  return {
    send: async (...frame) => {
      while (state === 'open' && waiting.length >= window) await pause()
      if (state !== 'open') throw closed()
      waiting.push(concatBytes(frame))
      stir()
    },
    frames: read(),
    end: () => {
      if (state === 'open') state = 'ended'
      stir()
    },
    cut: () => {
      state = 'cut'
      stir()
    },
  }
}

const closed = (): NetworkFailure => Object.assign(new Error('The stream is closed'), { code: 'closed' as const })
