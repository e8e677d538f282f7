import type { Mesh, WorkView } from '../../sdk/api.ts'
import { useMesh } from '../app/use-mesh.ts'
import { counted, whole } from '../parts/format.ts'
import { Peer } from '../parts/Peer.tsx'
import { jobHue } from '../parts/pattern.ts'
import { SignedBy } from '../parts/SignedBy.tsx'
import { useModuleTitle } from './module-titles.ts'

const isDonating = (mesh: Mesh): boolean => mesh.provider().isOn
const work = (mesh: Mesh) => mesh.provider().working

/** Now computing what for whom. */
export function Working() {
  const isOn = useMesh(isDonating)
  const working = useMesh(work)
  if (!isOn) return null
  return (
    <section aria-labelledby="working-title">
      <h2 id="working-title">Now computing</h2>
      {working.length === 0 ? (
        <p className="soft">
          Nothing at the moment. Work comes when a tab in the network asks for it; keep this one open.
        </p>
      ) : (
        <ul className="plain rows">
          {working.map((one) => (
            <Work key={one.activity} work={one} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Work({ work: { module, signers, job, requestor, running, queued, done, number } }: { work: WorkView }) {
  const title = useModuleTitle(module)
  return (
    <li className="work">
      <svg className="job-tile" width="14" height="14" aria-hidden="true">
        <rect width="14" height="14" rx="3" fill={`hsl(${jobHue(job)} var(--tile-colour))`} />
      </svg>
      <span className="work-title">{title}</span>
      <span className="work-for">
        for <Peer id={requestor} />
        {number > 1 && <span className="soft small">, activity {whole(number)} of its agreement</span>}
      </span>
      <SignedBy signers={signers} words="signed by" />
      <span className="soft number">
        {counted(running + queued, 'task')} here now, {whole(done)} done
      </span>
    </li>
  )
}
