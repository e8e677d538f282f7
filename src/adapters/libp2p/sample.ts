import type { Connection } from '@libp2p/interface'
import * as v from 'valibot'
import { sampleBytes, samplePeers, sampleProtocol, sampleTimeoutMs } from '../../net/limits.ts'
import { decode } from '../../wire/codec.ts'
import { list, object, type PeerId, peerId } from '../../wire/schema.ts'
import { framed, readFrame } from './frames.ts'

/** What a relay answers to an empty frame: DAG-CBOR of some nodes that hold a reservation there. */
const answer = object({ peers: list(peerId, samplePeers) })

/** Nodes that the given relays know, without this one. A relay that does not answer adds none. */
export async function sampleFrom(
  relays: readonly PeerId[],
  { connection, self }: { connection: (relay: PeerId) => Connection | undefined; self: PeerId },
): Promise<readonly PeerId[]> {
  const answers = await Promise.all(relays.map((relay) => askOne(connection(relay)).catch(() => [])))
  const known = new Set(answers.flat())
  known.delete(self)
  return [...known].slice(0, samplePeers)
}

async function askOne(connection: Connection | undefined): Promise<readonly PeerId[]> {
  if (!connection) return []
  const signal = AbortSignal.timeout(sampleTimeoutMs)
  const stream = await connection.newStream(sampleProtocol, { signal })
  const answering = readFrame(stream, sampleBytes, signal)
  answering.catch(() => {}) // awaited below, unless the sending fails first
  stream.send(framed(new Uint8Array(0)))
  void stream.close({ signal }).catch((error: Error) => stream.abort(error))
  const decoded = decode(await answering)
  return decoded.ok ? v.parse(answer, decoded.value).peers : []
}
