import { useState } from 'react'
import type { Mesh } from '../../sdk/api.ts'
import type { WhyNotChosen } from '../../sdk/api-market.ts'
import { useLooked } from '../app/use-looked.ts'
import { refusalFigures } from '../parts/choice-words.ts'
import { moment } from '../parts/format.ts'
import { Peer } from '../parts/Peer.tsx'
import { wordsFor } from '../words.ts'

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

/** The words for a code are said to whoever asks for work; to whoever lends some are other words. */
const mine: Readonly<Record<string, string>> = {
  'not-chosen': 'Others suited it better.',
  'price-over-limit': 'You asked for more than it pays.',
  'reputation-too-low': 'It takes only tabs with a better name.',
  'provider-blocked': 'It has blocked you.',
  'provider-not-listed': 'It takes only tabs on a list of its own.',
  'provider-blacklisted': 'Too much of what you did for it was bad: it leaves you alone for a day.',
  'region-not-wanted': 'It looks for tabs in another region.',
  'over-budget': 'You asked for more than it pays.',
  'no-answer': 'Your answer came too late.',
}
export const mineFor = (code: string): string => (Object.hasOwn(mine, code) ? mine[code]! : wordsFor(code).what)
