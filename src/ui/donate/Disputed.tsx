import { useState } from 'react'
import type { Mesh } from '../../sdk/api.ts'
import { useMesh, useNodeHandle } from '../app/use-mesh.ts'
import { disputeWords } from '../jobs/dispute-words.ts'
import { moment } from '../parts/format.ts'
import { Peer } from '../parts/Peer.tsx'

const disputes = (mesh: Mesh) => mesh.receipts.disputes()
/** As many as fill a screen. */
const mostShown = 10

/** What others dispute of this tab’s work, and how that stands, folded away. */
export function Disputed() {
  const { did } = useNodeHandle()
  const against = useMesh(disputes).filter(({ respondent }) => respondent === did)
  const [isOpen, setIsOpen] = useState(false)
  if (against.length === 0) return null
  return (
    <details className="disclosure" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>What others dispute of your work</summary>
      {isOpen && (
        <ul className="plain rows small">
          {against.slice(0, mostShown).map((dispute) => (
            <li key={dispute.id}>
              <Peer id={dispute.opener} />
              <span className="soft">{moment(dispute.openedAt)}</span>
              <span className="refusal-words">{disputeWords(dispute)}</span>
            </li>
          ))}
        </ul>
      )}
    </details>
  )
}
