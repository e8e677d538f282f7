import { useCallback, useState } from 'react'
import type { JobView, Mesh } from '../../sdk/api.ts'
import type { WhyProvider } from '../../sdk/api-market.ts'
import { useLooked } from '../app/use-looked.ts'
import { minuteWords, points, rankWords } from '../parts/choice-words.ts'
import { Peer } from '../parts/Peer.tsx'

const strategies: Record<JobView['spec']['policy']['selection'], string> = {
  'lowest-price': 'The lowest price went first.',
  reputation: 'The best name went first.',
  hybrid: 'Price, name, load and distance were weighed together.',
}

/** Why a job has the providers that it has: where each stood when it was chosen. */
export function WhyThese({ job }: { job: JobView }) {
  const [isOpen, setIsOpen] = useState(false)
  if (job.agreements.length === 0) return null
  return (
    <details className="disclosure" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <h2>Why these providers?</h2>
      </summary>
      {isOpen && <Figures job={job} />}
    </details>
  )
}

function Figures({ job }: { job: JobView }) {
  const [why] = useLooked(useCallback((mesh: Mesh) => mesh.market.whyProviders(job.id), [job.id]))
  const providers = [...why].sort((one, other) => rankOf(one) - rankOf(other))
  if (providers.every(({ figures }) => figures === undefined))
    return <p className="soft small">Where they stood is not known any more. The record of each says more.</p>
  return (
    <>
      <p className="soft small">{strategies[job.spec.policy.selection]} As each stood when it was chosen.</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must scroll by keyboard too */}
      <section className="scroll" tabIndex={0} aria-label="Why these providers, in figures">
        <table>
          <thead>
            <tr>
              <th scope="col">Provider</th>
              <th scope="col">Rank</th>
              <th scope="col">Score</th>
              <th scope="col">Price</th>
              <th scope="col">Name</th>
            </tr>
          </thead>
          <tbody>
            {providers.map(({ provider, figures }) => (
              <tr key={provider}>
                <th scope="row">
                  <Peer id={provider} />
                </th>
                {figures ? (
                  <>
                    <td>{rankWords(figures)}</td>
                    <td className="number">{figures.score === undefined ? '' : points(figures.score)}</td>
                    <td className="number">{minuteWords(figures.price)}</td>
                    <td className="number">{points(figures.reputationPermille)}</td>
                  </>
                ) : (
                  <td colSpan={4} className="soft">
                    Not known any more
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}

const rankOf = ({ figures }: WhyProvider): number => figures?.rank || Number.POSITIVE_INFINITY
