import type { Mesh } from '../../sdk/api.ts'
import { useMesh } from '../app/use-mesh.ts'
import { clock, shortId } from '../parts/format.ts'
import { wordsFor } from '../words.ts'

const faultsOf = (mesh: Mesh) => mesh.faults()
const mostShown = 30

/** The ordinary trouble of a network, newest first, for whoever looks into it. */
export function Faults() {
  const faults = useMesh(faultsOf)
  if (faults.length === 0) return null
  const newest = faults.slice(-mostShown).reverse()
  return (
    <details className="disclosure">
      <summary>
        <h2>Trouble of this session</h2> <span className="soft number">{faults.length}</span>
      </summary>
      <ul className="plain faults small">
        {newest.map(({ at, code, phase, peer, message }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two faults may be alike in every field
          <li key={`${at} ${code} ${place}`}>
            <span className="number soft">{clock(at)}</span> {wordsFor(code).what} <code>{code}</code> in {phase}
            {peer && ` with ${shortId(peer)}`}
            {message && <span className="soft">: {message}</span>}
          </li>
        ))}
      </ul>
    </details>
  )
}
