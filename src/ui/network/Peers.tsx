import type { Mesh, PeerView } from '../../sdk/api.ts'
import { useMesh } from '../app/use-mesh.ts'
import { Peer } from '../parts/Peer.tsx'

const peersOf = (mesh: Mesh) => mesh.peers()
/** A node keeps a few dozen connections; the rest of a larger list tells nothing new. */
const mostShown = 200

const routes: Record<PeerView['via'], { readonly words: string; readonly tone: 'green' | 'amber' }> = {
  webrtc: { words: 'Direct, WebRTC', tone: 'green' },
  websocket: { words: 'Direct, WebSocket', tone: 'green' },
  relay: { words: 'Relayed, slower', tone: 'amber' },
}

/** Fellow nodes, how they are reached and how long a word takes there and back. */
export function Peers() {
  const peers = useMesh(peersOf)
  if (peers.length === 0) {
    return <p className="soft">None yet. Open this page in a second tab, or send somebody the invitation.</p>
  }
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Tab</th>
          <th scope="col">Way</th>
          <th scope="col">Round trip</th>
        </tr>
      </thead>
      <tbody>
        {peers.slice(0, mostShown).map(({ did, via, rttMs }) => (
          <tr key={did}>
            <td>
              <Peer id={did} />
            </td>
            <td>
              <span className={`tag ${routes[via].tone}`}>{routes[via].words}</span>
            </td>
            <td className="number">{roundTrip(rttMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export const roundTrip = (rttMs: number | undefined): string =>
  rttMs === undefined ? 'not measured yet' : rttMs < 10 ? `${rttMs.toFixed(1)} ms` : `${Math.round(rttMs)} ms`
