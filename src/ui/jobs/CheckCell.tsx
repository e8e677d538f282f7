import type { TaskCheck } from '../../sdk/api-checking.ts'
import type { Did } from '../../wire/schema.ts'
import { PeerLink } from '../parts/Peer.tsx'
import { checkedAs, howMeant } from './check-words.ts'

/** How one result was checked: in words, then by the patterns of those who came to the same, and of those who did not. */
export function CheckCell({ check, provider }: { check: TaskCheck; provider: Did }) {
  const { words, tone } = checkedAs(check)
  const others = check.agreed.filter((did) => did !== provider)
  return (
    <span className="check-cell">
      <span className={tone ? `tag ${tone}` : undefined} title={howMeant[check.how]}>
        {words}
      </span>
      {others.map((did) => (
        <PeerLink key={did} id={did} note="came to the same" />
      ))}
      {check.wrong.length > 0 && <span className="wrong">but not</span>}
      {check.wrong.map((did) => (
        <PeerLink key={did} id={did} note="came to something else" />
      ))}
    </span>
  )
}
