import type { Connection } from '@libp2p/interface'

/** One entry of what a connection tells of itself: a transport, a pair, a candidate. `ip` is what Node's WebRTC calls the address. */
type Stat = Readonly<
  Partial<
    Record<
      | 'id'
      | 'type'
      | 'selectedCandidatePairId'
      | 'nominated'
      | 'state'
      | 'remoteCandidateId'
      | 'candidateType'
      | 'address'
      | 'ip',
      unknown
    >
  >
>
/** What of `RTCPeerConnection` is asked, in a browser and in Node. */
type Telling = { getStats(): Promise<ReadonlyMap<string, Stat>> }

/** Where the bytes of a WebRTC peer come from, as the browser sees it; undefined where it does not tell, and of other connections. */
export async function seenAddress(connection: Connection): Promise<string | undefined> {
  const { maConn } = connection as { maConn?: { peerConnection?: Telling } }
  try {
    const stats = await maConn?.peerConnection?.getStats()
    return stats && addressIn([...stats.values()])
  } catch {
    return undefined // it closed meanwhile
  }
}

/**
 * The remote end of the pair of candidates in use, as a multiaddr begins. None of a TURN server, which is no peer's, nor of this machine
 * itself. Browsers leave it out, or say a name, where the peer gave them no more than a name of mDNS.
 * @see https://www.w3.org/TR/webrtc-stats/#icecandidate-dict*
 */
export function addressIn(stats: readonly Stat[]): string | undefined {
  const named = (id: unknown): Stat | undefined => stats.find((one) => id !== undefined && one.id === id)
  const chosen = stats.find(({ type, selectedCandidatePairId }) => type === 'transport' && selectedCandidatePairId)
  const pair = named(chosen?.selectedCandidatePairId) ?? stats.find(isInUse)
  const remote = named(pair?.remoteCandidateId)
  const address = addressOf(remote)
  const isOwn = stats.some((one) => one.type === 'local-candidate' && addressOf(one) === address)
  if (!address || isOwn || remote?.candidateType === 'relay') return undefined
  return address.includes(':') ? `/ip6/${address}/udp` : `/ip4/${address}/udp`
}

/** Where a transport does not say which pair it uses. */
const isInUse = ({ type, nominated, state }: Stat): boolean =>
  type === 'candidate-pair' && nominated === true && state === 'succeeded'

function addressOf({ address, ip }: Stat = {}): string | undefined {
  const found = address ?? ip
  return typeof found === 'string' && found !== '' ? found : undefined
}
