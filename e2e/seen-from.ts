type Seen = { readonly remote: unknown; readonly kind: unknown; readonly own: readonly unknown[] }
type Stat = {
  type?: unknown
  selectedCandidatePairId?: unknown
  remoteCandidateId?: unknown
  candidateType?: unknown
  address?: unknown
}
declare global {
  interface Window {
    /** What the browser said of the candidates that connections of this tab use. */
    seen?: Seen[]
  }
}

/**
 * The browser tells the page that each peer comes from another address of one street, and keeps what it would have said: on one machine all
 * tabs have that machine's own addresses, which say nothing. To be run before the page's own scripts.
 */
export function seesOneStreet(): void {
  const seen: Seen[] = []
  window.seen = seen
  const { getStats } = RTCPeerConnection.prototype
  const numbers = new WeakMap<RTCPeerConnection, number>()
  let next = 1
  RTCPeerConnection.prototype.getStats = async function (this: RTCPeerConnection) {
    const number = numbers.get(this) ?? next++
    numbers.set(this, number)
    const told = new Map<string, Stat>()
    for (const [id, one] of (await getStats.call(this)) as unknown as Map<string, Stat>) told.set(id, { ...one })
    const all = [...told.values()]
    const used = all.find(({ type }) => type === 'transport')?.selectedCandidatePairId
    const remote = told.get(String(told.get(String(used))?.remoteCandidateId))
    if (remote) {
      const own = all.filter(({ type }) => type === 'local-candidate').map(({ address }) => address)
      seen.push({ remote: remote.address, kind: remote.candidateType, own })
      remote.address = `203.0.113.${number}`
    }
    return told
  } as unknown as typeof getStats
}
