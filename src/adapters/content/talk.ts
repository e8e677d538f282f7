import type { DropCode } from '../../content/fetch-plan.ts'
import { type BlocksMessage, decodeMessage, encodeMessage } from '../../content/messages.ts'
import type { Cid } from '../../wire/cid.ts'
import type { PeerId } from '../../wire/schema.ts'
import type { FrameStream } from '../network.port.ts'

/** The fetcher's side of one conversation (CN7..CN9). */
export type Talk = {
  readonly peer: PeerId
  ask(cids: readonly Cid[]): void
  /** @returns why it ended */
  listen(on: {
    answered(asked: readonly Cid[], had: readonly Cid[]): void
    /** @returns false for a block that is not owed */
    block(cid: Cid, bytes: Uint8Array): boolean
  }): Promise<DropCode>
  finish(): void
  abort(code: DropCode): void
}

/** @param failed called when something could not be sent */
export function talkOver(stream: FrameStream, failed: (code: DropCode) => void): Talk {
  const asks: (readonly Cid[])[] = []
  const landing = new Set<Cid>()
  let sending: Promise<void> = Promise.resolve()
  const send = (message: BlocksMessage): Promise<void> => {
    sending = sending.then(() => stream.send(encodeMessage(message)))
    return sending
  }
  return {
    peer: stream.peerId,
    ask: (cids) => {
      if (cids.length === 0) return
      asks.push(cids)
      send({ type: 'want', cids: [...cids] }).catch(() => failed('closed'))
    },
    listen: async ({ answered, block }) => {
      try {
        for await (const frame of stream.frames) {
          const message = decodeMessage(frame)
          if (!message.ok) return 'malformed'
          switch (message.value.type) {
            case 'have': {
              const { cids } = message.value
              const asked = asks.shift()
              if (!asked || cids.some((cid) => !asked.includes(cid))) return 'malformed'
              answered(asked, cids)
              break
            }
            case 'block': {
              const { cid, bytes } = message.value
              if (landing.has(cid) || !block(cid, bytes)) return 'malformed'
              landing.add(cid)
              break
            }
            case 'error':
              return 'refused'
            default:
              return 'malformed'
          }
        }
        return 'closed'
      } catch {
        return 'closed'
      }
    },
    finish: () => {
      send({ type: 'done' })
        .then(() => stream.close())
        .catch(() => {})
    },
    abort: (code) => stream.abort(code),
  }
}
