import { encodeFrame, readRequestorFrame } from '../../activity/frames.ts'
import type { Signer } from '../../identity/signing.ts'
import { concatBytes, equalBytes } from '../../kernel/bytes.ts'
import type { NodeState } from '../../node/state.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Direction, SealedKeys, SealingKey } from '../identity/sealing.ts'
import { networkFailure } from '../libp2p/failure.ts'
import type { FrameStream } from '../network.port.ts'

type Ways = { readonly out: Direction; readonly in: Direction }
/** A stream that may be sealed, and whether it is. */
export type SealableStream = FrameStream & { readonly isSealed: boolean }

/**
 * SE2: a stream on which every frame is sealed to the provider's lasting key, which its agreement names; one that does not open
 * ends it. Rejects with NetworkFailure where there is no such key.
 */
export async function sealedTo(
  stream: FrameStream,
  { activity, lasting }: { activity: Cid; lasting: Uint8Array | undefined },
): Promise<FrameStream> {
  const { passingKey, streamKeys } = await import('../identity/sealing.ts')
  const own = await passingKey()
  const keys = lasting && (await streamKeys(own, { activity, passing: own.publicKey, lasting }))
  if (!keys) {
    stream.abort('not-sealed')
    throw networkFailure('refused', 'no key to seal to', { peer: stream.peerId })
  }
  await stream.send(encodeFrame({ type: 'seal', activity, key: own.publicKey }))
  return sealable(stream, { ways: { out: keys.toProvider, in: keys.toRequestor } })
}

/** SE3: what the program and files of an own job are sealed with. */
export const contentKeyFor = async (signer: Signer, job: Cid): Promise<Uint8Array<ArrayBuffer>> =>
  (await import('../identity/sealing.ts')).contentKeyOf(signer, job)

/** The same for whoever a stream was opened to: sealed from its first frame on where that says so. */
export const sealableStream = (
  stream: FrameStream,
  accept: (seal: { activity: Cid; key: Uint8Array }) => Promise<SealedKeys | undefined>,
): SealableStream =>
  sealable(stream, {
    async first(frame) {
      // Longer than the word for it, or of another kind: an open stream.
      const read = frame.length <= mostSealBytes ? readRequestorFrame(frame) : undefined
      if (!read?.ok || read.value.type !== 'seal') return undefined
      const keys = await accept({ activity: read.value.activity as Cid, key: read.value.key })
      return keys ? { out: keys.toRequestor, in: keys.toProvider } : 'refused'
    },
  })

/** SE2: only under an agreement that names our key is anything sealed to it. */
export const acceptsSealed =
  ({ node, sealingKey }: { readonly node: NodeState; sealingKey(): Promise<SealingKey | undefined> }) =>
  async ({ activity, key }: { activity: Cid; key: Uint8Array }): Promise<SealedKeys | undefined> => {
    const agreement = node.activities.get(activity)?.agreement
    const lasting = agreement && node.agreements.get(agreement)?.terms.sealingKey
    const own = lasting && (await sealingKey())
    if (!own || !equalBytes(own.publicKey, lasting)) return undefined
    const { streamKeys } = await import('../identity/sealing.ts')
    return streamKeys(own, { activity, passing: key, lasting })
  }

const mostSealBytes = 192

function sealable(
  stream: FrameStream,
  begun: { ways?: Ways; first?(frame: Uint8Array): Promise<Ways | 'refused' | undefined> },
): SealableStream {
  let { ways } = begun
  let sending: Promise<unknown> = Promise.resolve()
  return {
    peerId: stream.peerId,
    via: stream.via,
    get isSealed() {
      return ways !== undefined
    },
    abort: (reason) => stream.abort(reason),
    async close() {
      await sending
      await stream.close()
    },
    send(...frame) {
      if (!ways) return stream.send(...frame)
      // Numbers are given as frames are, so they leave in that order.
      const sealed = ways.out.seal(frame.length === 1 ? frame[0]! : concatBytes(frame))
      const sent = sending.then(async () => stream.send(await sealed))
      sending = sent.catch(() => {})
      return sent
    },
    frames: {
      async *[Symbol.asyncIterator]() {
        let first = begun.first
        for await (const frame of stream.frames) {
          const told = await first?.(frame)
          first = undefined
          if (told === 'refused') return stream.abort('not-sealed')
          if (told) {
            ways = told
            continue
          }
          const opened = ways ? await ways.in.open(frame) : frame
          if (!opened) return stream.abort('not-sealed')
          yield opened
        }
      },
    },
  }
}
