import type { Mesh } from '../../sdk/api.ts'
import { useMesh } from '../app/use-mesh.ts'
import { credits } from '../parts/credits.ts'
import { Figure } from '../parts/Figure.tsx'
import { counted, duration, whole } from '../parts/format.ts'
import { Wall } from './Wall.tsx'

const providerView = (mesh: Mesh) => mesh.provider()

/** The wall of this tab's last tasks, and what it has given in all. */
export function Given() {
  const { recent, tasksDone, givenMs, isOn, owed, settled } = useMesh(providerView)
  const jobs = new Set(recent.map(({ job }) => job)).size
  return (
    <section className="given" aria-labelledby="given-title">
      <div className="given-head">
        <h2 id="given-title">What this tab has done</h2>
        <dl className="figures">
          <Figure name="Tasks done">{whole(tasksDone)}</Figure>
          <Figure name="Time given">{duration(givenMs)}</Figure>
          {(owed > 0n || settled > 0n) && (
            <>
              <Figure name="Owed" tone="money">
                {credits(owed)}
              </Figure>
              <Figure name="Settled" tone="money">
                {credits(settled)}
              </Figure>
            </>
          )}
        </dl>
      </div>
      <Wall tiles={recent} tasksDone={tasksDone} />
      <p className="soft small">
        {recent.length > 0
          ? `The last ${counted(recent.length, 'task')}, coloured by job (${counted(jobs, 'job')}). A hollow tile failed.`
          : isOn
            ? 'Each task that this tab computes lights a tile.'
            : 'Each task that this tab computes will light a tile.'}
      </p>
    </section>
  )
}
