import { memo, useState } from 'react'
import type { Cid } from '../../wire/cid.ts'
import { bytes, duration, fuel, whole } from '../parts/format.ts'
import { Peer } from '../parts/Peer.tsx'
import type { Collected, Row } from './collect.ts'
import { Paged } from './Paged.tsx'
import { ProofButton } from './ProofButton.tsx'

/** Every result by itself: who computed it, how long it took, and the first line of its output. */
export function ResultList({ job, collected: { rows, sink } }: { job: Cid; collected: Collected }) {
  const [isOpen, setIsOpen] = useState(sink.kind === 'none')
  if (rows.length === 0) return null
  return (
    <details className="disclosure" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <h2>Task by task</h2>
      </summary>
      {isOpen && (
        <Paged items={rows} one="result">
          {(shown) => (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must scroll by keyboard too
            <section className="scroll" tabIndex={0} aria-label="Results, task by task">
              <table className="results">
                <thead>
                  <tr>
                    <th scope="col">Task</th>
                    <th scope="col">Outcome</th>
                    <th scope="col">Time</th>
                    <th scope="col">Fuel</th>
                    <th scope="col">Size</th>
                    <th scope="col">Computed by</th>
                    <th scope="col">Proof</th>
                    <th scope="col">Output begins</th>
                  </tr>
                </thead>
                <tbody>
                  {shown.map((row) => (
                    <Result key={row.index} job={job} row={row} />
                  ))}
                </tbody>
              </table>
            </section>
          )}
        </Paged>
      )}
    </details>
  )
}

/** Rows never change once they are there. */
const Result = memo(function Result({ job, row }: { job: Cid; row: Row }) {
  const { index, isOk, exitCode, durationMs, fuel: used, sizeBytes, provider, preview, error } = row
  return (
    <tr>
      <th scope="row" className="number">
        {whole(index + 1)}
      </th>
      <td className={isOk ? undefined : 'wrong'}>
        {isOk ? 'Good' : error?.code === 'exited-nonzero' ? `Exit ${exitCode}` : (error?.code ?? 'Failed')}
      </td>
      <td className="number">{duration(durationMs)}</td>
      <td className="number">{used === undefined ? '' : fuel(used)}</td>
      <td className="number">{bytes(sizeBytes)}</td>
      <td>
        <Peer id={provider} />
      </td>
      <td>{row.hasReceipt && <ProofButton job={job} index={index} />}</td>
      <td>
        <code className="begins">{preview || <span className="soft">no text</span>}</code>
      </td>
    </tr>
  )
})
