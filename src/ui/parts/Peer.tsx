import { memo, useMemo } from 'react'
import { Link } from 'wouter'
import { CopyButton } from './CopyButton.tsx'
import { shortId } from './format.ts'
import { patternOf } from './pattern.ts'

/** A peer by sight and by name: its tile pattern, which leads to its record, beside both ends of its identity, which a press copies. */
export const Peer = memo(function Peer({ id, note }: { id: string; note?: string }) {
  return (
    <span className="peer">
      {id.startsWith('did:') ? <PeerLink id={id} /> : <PeerPattern id={id} />}
      <CopyButton text={id} label={`Copy the identity ${shortId(id)}`}>
        <code>{shortId(id)}</code>
      </CopyButton>
      {note && <span className="tag">{note}</span>}
    </span>
  )
})

/** The pattern alone, as the way to what is known of that peer. @param note what it has to do with what stands beside it */
export function PeerLink({ id, note }: { id: string; note?: string }) {
  const words = `${note ? `${shortId(id)} ${note}. ` : ''}What is known of ${shortId(id)}`
  return (
    <Link href={`/peers/${id}`} className="peer-link" aria-label={words} title={words}>
      <PeerPattern id={id} />
    </Link>
  )
}

export function PeerPattern({ id, size = 22 }: { id: string; size?: number }) {
  const { hues, cells } = useMemo(() => patternOf(id), [id])
  return (
    <svg className="pattern" width={size} height={size} viewBox="0 0 5 5" aria-hidden="true">
      {cells.map((lit, at) =>
        lit === 0 ? null : (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
            key={at}
            x={(at % 5) + 0.06}
            y={Math.floor(at / 5) + 0.06}
            width="0.88"
            height="0.88"
            rx="0.15"
            fill={`hsl(${hues[lit - 1]} var(--pattern-colour))`}
          />
        ),
      )}
    </svg>
  )
}
