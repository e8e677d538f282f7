import type { JobView } from '../../sdk/api.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { CopyButton } from '../parts/CopyButton.tsx'
import { credits } from '../parts/credits.ts'
import { counted, duration, shortId } from '../parts/format.ts'
import { Peer } from '../parts/Peer.tsx'

/** What providers signed for: a chain of receipts each, told by its newest. */
export function Receipts({ job }: { job: JobView }) {
  const receipts = useNodeHandle().receipts.ofJob(job.id)
  if (receipts.length === 0) return null
  return (
    <section aria-labelledby="receipts-title">
      <h2 id="receipts-title">Receipts</h2>
      <ul className="plain lanes">
        {receipts.map(({ id, body: { author, sequence, usage, cost } }) => (
          <li key={id} className="lane">
            <span className="lane-who">
              <Peer id={author} />
            </span>
            <span className="small">
              signed {counted(sequence + 1, 'receipt')} for {duration(usage.durationUs / 1_000)} of work
              {cost > 0n && <span className="money">, {credits(cost)}</span>}
            </span>
            <span className="small soft lane-numbers">
              the last is{' '}
              <CopyButton text={id} label="Copy the name of the last receipt">
                <code>{shortId(id)}</code>
              </CopyButton>
            </span>
          </li>
        ))}
      </ul>
      <p className="soft small">A receipt proves who computed what. It does not prove that the result is right.</p>
    </section>
  )
}
