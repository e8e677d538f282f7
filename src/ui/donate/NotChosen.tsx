import { useState } from 'react'
import type { Mesh } from '../../sdk/api.ts'
import type { WhyNotChosen } from '../../sdk/api-market.ts'
import { useLooked } from '../app/use-looked.ts'
import { refusalFigures } from '../parts/choice-words.ts'
import { moment } from '../parts/format.ts'
import { Peer } from '../parts/Peer.tsx'
import { mineFor } from './refusal-words.ts'

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
      {isOpen && (
        <ul className="plain rows small">
          {all.slice(0, mostShown).map((refusal) => (
            <Refusal key={`${refusal.job} ${refusal.requestor} ${refusal.at}`} refusal={refusal} />
          ))}
        </ul>
      )}
    </details>
  )
}

function Refusal({ refusal: { requestor, at, code, figures } }: { refusal: WhyNotChosen }) {
  return (
    <li>
      <Peer id={requestor} />
      <span className="soft">{moment(at)}</span>
      <span className="refusal-words">
        {mineFor(code)} {figures && <span className="soft">{refusalFigures(figures)}</span>}
      </span>
    </li>
  )
}
