import { useCallback } from 'react'
import type { JobView } from '../../sdk/api.ts'
import type { ReceiptGraph } from '../../sdk/receipts-api.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { counted, whole } from '../parts/format.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { isOver } from './job-words.ts'
import { ReceiptChain } from './ReceiptChain.tsx'
import '../look/receipts.css'

/** What providers signed for: a chain of receipts each, from the first to the newest. */
export function Receipts({ job }: { job: JobView }) {
  const receipts = useNodeHandle().receipts.ofJob(job.id)
  if (receipts.length === 0) return null
  return (
    <section aria-labelledby="receipts-title" className="stack">
      <div>
        <h2 id="receipts-title">Receipts</h2>
        <p className="soft small">
          A receipt proves who computed what, for how much. Whether the result is right shows when it is computed again.
        </p>
      </div>
      {isOver(job) ? <Graph job={job} /> : <p role="status">{counted(receipts.length, 'provider')} signed so far.</p>}
    </section>
  )
}

function Graph({ job }: { job: JobView }) {
  const mesh = useNodeHandle()
  // With each state that it comes to, more of its receipts may be here.
  const { id, status } = job
  const loaded = useLoaded(useCallback(() => status && mesh.receipts.dag(id), [mesh, id, status]))
  if (loaded.kind === 'loading') return <p role="status">Reading the receipts…</p>
  if (loaded.kind === 'failed') return <p role="alert">The receipts could not be read: {loaded.failure.message}</p>
  const graph = loaded.value
  const activities = [...new Set(graph.nodes.map(({ body }) => body.activity))]
  return (
    <>
      {graph.stage && (
        <p className="small">
          All of them belong to the stage <strong>{graph.stage.stage}</strong> of a workflow
          {graph.stage.attempt > 0 && <>, attempt {whole(graph.stage.attempt + 1)}</>}.
        </p>
      )}
      {graph.faults.length > 0 && (
        <p className="notice red" role="alert">
          <span>
            <strong>These receipts contradict each other.</strong> {counted(graph.faults.length, 'fault')}:{' '}
            <code>{[...new Set(graph.faults.map(({ code }) => code))].join(', ')}</code>
          </span>
        </p>
      )}
      {graph.missing.length > 0 && (
        <p className="notice amber">{counted(graph.missing.length, 'receipt')} could not be found.</p>
      )}
      <ul className="plain receipt-chains">
        {activities.map((activity) => (
          <ReceiptChain key={activity} nodes={nodesOf(graph, activity)} isAnchored={isAnchored(graph, activity)} />
        ))}
      </ul>
    </>
  )
}

const nodesOf = ({ nodes }: ReceiptGraph, activity: string) => nodes.filter(({ body }) => body.activity === activity)
const isAnchored = (graph: ReceiptGraph, activity: string): boolean =>
  nodesOf(graph, activity).some(({ id }) => graph.anchored.includes(id))
