import { readChannelFrame } from '../../activity/frames.ts'
import type { ChannelFrame } from '../../activity/messages.ts'
import { channelLimits } from '../../activity/outside.ts'
import { encode } from '../../wire/codec.ts'
import type { FrameStream } from '../network.port.ts'

type Said = Omit<Extract<ChannelFrame, { type: 'message' }>, 'type' | 'id'>
export type Line = ReturnType<typeof createLine>

/** Messages that may be dropped and wait for the stream: what a second of a slow connection carries of small ones. */
const mostTossed = 16
/** A program that speaks to a tab which is gone does not have it looked for without end. */
const againMs = 2_000

/** The way of messages to one other provider, over a stream that is opened with the first. */
export function createLine(open: () => Promise<FrameStream>) {
  const awaited = new Map<number, (isThere: boolean) => void>()
  const tossed: Said[] = []
  let nextId = 0
  let isTossing = false
  let isOver = false
  let brokenAt: number | undefined
  const stream = open()
  stream.then(hear, fail)

  async function hear(opened: FrameStream): Promise<void> {
    if (isOver) return opened.abort('over')
    try {
      for await (const bytes of opened.frames) {
        const frame = readChannelFrame(bytes)
        if (!frame.ok || frame.value.type !== 'taken') return opened.abort('malformed')
        awaited.get(frame.value.id)?.(frame.value.isThere)
      }
    } catch {
      // Told below.
    } finally {
      fail()
    }
  }

  function fail(): void {
    brokenAt ??= performance.now()
    for (const answer of [...awaited.values()]) answer(false)
  }

  async function pump(): Promise<void> {
    if (isTossing) return
    isTossing = true
    try {
      const opened = await stream
      for (let next = tossed.shift(); next; next = tossed.shift())
        await opened.send(encode({ type: 'message', ...next }))
    } catch {
      tossed.length = 0
    }
    isTossing = false
  }

  return {
    /** For so long that another may be tried. */
    isOld: () => brokenAt !== undefined && performance.now() > brokenAt + againMs,
    /** @returns whether the other side has it, for its task to take */
    send(said: Said): Promise<boolean> {
      if (brokenAt !== undefined) return Promise.resolve(false)
      const id = nextId++
      return new Promise((resolve) => {
        const answer = (isThere: boolean): void => {
          clearTimeout(timer)
          awaited.delete(id)
          resolve(isThere)
        }
        // Twice: the other side waits that long for room itself.
        const timer = setTimeout(() => answer(false), 2 * channelLimits.patienceMs)
        awaited.set(id, answer)
        stream.then((opened) => opened.send(encode({ type: 'message', id, ...said }))).catch(() => answer(false))
      })
    },
    /** Goes when the stream takes it; where too many wait for that, the oldest does not. */
    toss(said: Said): void {
      if (brokenAt !== undefined) return
      tossed.push(said)
      if (tossed.length > mostTossed) tossed.shift()
      void pump()
    },
    end(): void {
      isOver = true
      fail()
      void stream.then((opened) => opened.close()).catch(() => {})
    },
  }
}
