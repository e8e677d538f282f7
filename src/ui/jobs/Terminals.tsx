import { useId, useState } from 'react'
import type { JobView } from '../../sdk/api.ts'
import { whole } from '../parts/format.ts'
import { Terminal } from './Terminal.tsx'

/** So many a list shows without becoming a search of its own. */
const mostListed = 500

/** The terminal of one task; where there are several, of the one that is chosen. */
export function Terminals({ job }: { job: JobView }) {
  const [index, setIndex] = useState(0)
  const id = useId()
  const count = Math.min(job.progress.total, mostListed)
  return (
    <section className="terminal" aria-labelledby={`${id}-title`}>
      <div className="terminal-head">
        <h2 id={`${id}-title`}>{job.spec.isInteractive ? 'Terminal' : 'Output as it comes'}</h2>
        {count > 1 && (
          <div className="field inline">
            <label htmlFor={id}>Task</label>
            <select id={id} value={index} onChange={(event) => setIndex(Number(event.currentTarget.value))}>
              {Array.from({ length: count }, (_, n) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a task is its index
                <option key={n} value={n}>
                  #{whole(n + 1)}
                </option>
              ))}
            </select>
          </div>
        )}
      </div>
      <Terminal key={index} job={job} index={index} />
    </section>
  )
}
