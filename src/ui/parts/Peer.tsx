import { memo, useMemo } from 'react'
import { CopyButton } from './CopyButton.tsx'
import { shortId } from './format.ts'
import { patternOf } from './pattern.ts'

/** A peer by sight and by name: its tile pattern beside both ends of its identity, which a press copies. */
export const Peer = memo(function Peer({ id, note }: { id: string; note?: string }) {
  return (
    <span className="peer">
      <PeerPattern id={id} />
      <CopyButton text={id} label={`Copy the identity ${shortId(id)}`}>
        <code>{shortId(id)}</code>
      </CopyButton>
      {note && <span className="tag">{note}</span>}
    </span>
  )
})

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
