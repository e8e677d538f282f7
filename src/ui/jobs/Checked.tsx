import type { JobView } from '../../sdk/api.ts'
import type { Did } from '../../wire/schema.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { Figure } from '../parts/Figure.tsx'
import { whole } from '../parts/format.ts'
import { Notice } from '../parts/Notice.tsx'
import { Peer } from '../parts/Peer.tsx'
import type { CheckTally } from './check-tally.ts'
import { lossWords, policyWords, unverifiedWords } from './check-words.ts'

type CheckedProps = { readonly job: JobView; readonly tally: CheckTally; readonly version: number }

/** As many liars as fill a screen. */
const mostShown = 20

/** What was checked of the results, how, and what it cost whoever was wrong. */
export function Checked({ job, tally }: CheckedProps) {
  const { redundancy } = job.spec.policy
  const { results, agreed, single, unverified } = tally
  // A copy that came when its task was over is told by no result, and was computed all the same.
  const signed = useNodeHandle()
    .receipts.ofJob(job.id)
    .reduce((sum, { tasks }) => sum + tasks, 0)
  const copies = Math.max(tally.copies, signed - job.progress.done)
  // What one machine computes for itself it need not doubt.
  if (redundancy.mode === 'once' && job.spec.policy.mostProviders === 0) return null
  const wrong = [...tally.wrong].filter(([, count]) => count > 0)
  return (
    <section className="stack" aria-labelledby="checked-title">
      <div>
        <h2 id="checked-title">How sure it is</h2>
        <p className="soft small">{policyWords(redundancy)}</p>
      </div>
      {results > 0 && (
        <dl className="figures value-first">
          <Figure name={`of ${whole(results)} compared`}>{whole(agreed)}</Figure>
          {single > 0 && <Figure name="on a tab’s record">{whole(single)}</Figure>}
          {unverified > 0 && <Figure name="unverified">{whole(unverified)}</Figure>}
          <Figure name="copies beyond the first">{whole(copies)}</Figure>
          <Figure name="found wrong">{whole(wrong.reduce((sum, [, count]) => sum + count, 0))}</Figure>
        </dl>
      )}
      {unverified > 0 && (
        <Notice tone="amber">
          <p>{unverifiedWords(tally)} If it matters, run the job again when more tabs are there.</p>
        </Notice>
      )}
      {wrong.length > 0 && (
        <ul className="plain stack" aria-label="Who was wrong">
          {wrong.slice(0, mostShown).map(([provider, count]) => (
            <Liar key={provider} job={job} provider={provider} wrong={count} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Liar({ job, provider, wrong }: { job: JobView; provider: Did; wrong: number }) {
  const { receipts } = useNodeHandle()
  const own = receipts.ofJob(job.id).filter(({ body }) => body.author === provider)
  const claimed = own.reduce((sum, { body }) => sum + body.cost, 0n)
  const paid = job.agreements.reduce((sum, one) => (one.provider === provider ? sum + one.cost : sum), 0n)
  return (
    <li className="row">
      <Peer id={provider} />
      <span className="wrong">{lossWords(wrong, { claimed, paid })}</span>
    </li>
  )
}
