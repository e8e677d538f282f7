import * as cbor from '@ipld/dag-cbor'
import type { Connection, PeerId, Stream, StreamHandler } from '@libp2p/interface'
import { minuteMs } from '../src/kernel/time.ts'
import { samplePeers, samplesPerMinute, sampleTimeoutMs } from '../src/net/limits.ts'
import { groupOf, hostOf } from './address.ts'
import type { Refuse } from './gater.ts'
import { createRate } from './rate.ts'

/** A household or a classroom behind one address: twelve tabs at their full rate. */
const samplesPerAddressPerMinute = 12 * samplesPerMinute

/**
 * Answers an empty frame with `{ peers: string[] }` in DAG-CBOR, one frame: who else is here. A frame is an unsigned varint
 * length and its bytes. Who asks too often has the stream reset.
 */
export function sampleHandler(pick: (count: number, except: PeerId) => PeerId[], refuse: Refuse): StreamHandler {
  const byPeer = createRate(samplesPerMinute, minuteMs)
  const byAddress = createRate(samplesPerAddressPerMinute, minuteMs)
  return (stream: Stream, connection: Connection): void => {
    const peer = connection.remotePeer
    if (!byPeer(peer.toString()) || !byAddress(groupOf(hostOf(connection.remoteAddr) ?? ''))) {
      refuse('sampling-too-fast', { peer: peer.toString() })
      stream.abort(new Error('asked for samples too often'))
      return
    }
    const timer = setTimeout(() => stream.abort(new Error('no request came')), sampleTimeoutMs)
    stream.addEventListener('close', () => clearTimeout(timer), { once: true })
    stream.addEventListener(
      'message',
      ({ data }) => {
        clearTimeout(timer)
        if (data.byteLength !== 1 || data.subarray()[0] !== 0)
          return stream.abort(new Error('the request is not empty'))
        const peers = pick(samplePeers, peer).map(String)
        stream.send(frame(cbor.encode({ peers })))
        stream.close().catch((error: Error) => stream.abort(error))
      },
      { once: true },
    )
  }
}

function frame(body: Uint8Array): Uint8Array {
  const head: number[] = []
  for (let rest = body.length; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.from([...head, rest, ...body])
    head.push((rest & 0x7f) | 0x80)
  }
}
