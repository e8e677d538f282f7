import type { Mesh } from '../../sdk/api.ts'
import { useMesh } from '../app/use-mesh.ts'
import { CopyButton } from '../parts/CopyButton.tsx'
import { Notice } from '../parts/Notice.tsx'
import { roundTrip } from './Peers.tsx'

const networkOf = (mesh: Mesh) => mesh.network()

/** The relays of this tab and whether they answer. */
export function Relays() {
  const { relays } = useMesh(networkOf)
  return (
    <section className="stack" aria-labelledby="relays-title">
      <h2 id="relays-title">Relays</h2>
      {relays.every(({ connected }) => !connected) && (
        <Notice tone="amber">
          <p>
            <strong>No relay answers.</strong> Tabs that are connected go on; new ones cannot find you until one is
            back. It is tried again by itself.
          </p>
        </Notice>
      )}
      {relays.length > 0 && (
        <ul className="plain rows">
          {relays.map(({ address, connected, rttMs }) => (
            <li key={address}>
              <span className="address grow">
                <CopyButton text={address} label="Copy the relay’s address">
                  <code>{address}</code>
                </CopyButton>
              </span>
              <span className={connected ? 'tag green' : 'tag amber'}>{connected ? 'Connected' : 'Not reached'}</span>
              {connected && <span className="soft small number">{roundTrip(rttMs)}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
