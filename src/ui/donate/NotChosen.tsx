import { useState } from 'react'
import type { Mesh } from '../../sdk/api.ts'
import type { WhyNotChosen } from '../../sdk/api-market.ts'
import { useLooked } from '../app/use-looked.ts'
import { moment } from '../parts/format.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { Peer } from '../parts/Peer.tsx'
import { useLoaded } from '../parts/use-loaded.ts'

const refusals = (mesh: Mesh) => mesh.market.whyNotChosen()
/** The last day’s worth of what people wonder about. */
const mostShown = 10

/** Why others did not take what this tab offers, folded away. */
export function NotChosen() {
  const [all] = useLooked(refusals)
  const [isOpen, setIsOpen] = useState(false)
  if (all.length === 0) return null
  return (
    <details className="disclosure" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>Why was I not chosen?</summary>
      {isOpen && <Refusals refusals={all.slice(0, mostShown)} />}
    </details>
  )
}

/** With the list that they are for, which few open. */
const loadWords = () => import('./refusal-words.ts')

function Refusals({ refusals }: { readonly refusals: readonly WhyNotChosen[] }) {
  const words = useLoaded(loadWords)
  if (words.kind === 'loading') return null
  if (words.kind === 'failed') return <FailureNotice failure={words.failure} tone="amber" />
  const { mineFor, refusalFigures } = words.value
  return (
    <ul className="plain rows small">
      {refusals.map(({ job, requestor, at, code, figures }) => (
        <li key={`${job} ${requestor} ${at}`}>
          <Peer id={requestor} />
          <span className="soft">{moment(at)}</span>
          <span className="refusal-words">
            {mineFor(code)} {figures && <span className="soft">{refusalFigures(figures)}</span>}
          </span>
        </li>
      ))}
    </ul>
  )
}
