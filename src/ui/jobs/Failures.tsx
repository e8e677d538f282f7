import { whole } from '../parts/format.ts'
import { Peer } from '../parts/Peer.tsx'
import { wordsFor } from '../words.ts'
import type { Collected, Row } from './collect.ts'
import { Paged } from './Paged.tsx'

/** What failed, why, on whose side, and what to do: alike failures together. */
export function Failures({ collected: { failures } }: { collected: Collected }) {
  if (failures.length === 0) return null
  const groups = new Map<string, Row[]>()
  for (const row of failures) {
    const code = row.error?.code ?? 'exited-nonzero'
    groups.set(code, [...(groups.get(code) ?? []), row])
  }
  return (
    <section aria-labelledby="failures-title" className="stack">
      <h2 id="failures-title">What failed</h2>
      {[...groups].map(([code, rows]) => (
        <Group key={code} code={code} rows={rows} />
      ))}
    </section>
  )
}

function Group({ code, rows }: { code: string; rows: readonly Row[] }) {
  const { what, side, todo } = wordsFor(code)
  return (
    <details className="notice red disclosure" open={rows.length < 4}>
      <summary>
        {what} <span className="tag">{whole(rows.length)}</span>
      </summary>
      <p>
        {side} {todo}
      </p>
      <Paged items={rows} one="failure">
        {(shown) => (
          <ul className="plain small failure-rows">
            {shown.map((row) => (
              <li key={row.index}>
                <strong className="number">#{whole(row.index + 1)}</strong> on <Peer id={row.provider} />
                <code>{row.error?.message || row.preview}</code>
                {row.preview && row.error?.message && <code className="soft">{row.preview}</code>}
              </li>
            ))}
          </ul>
        )}
      </Paged>
      <p className="soft small">
        Code <code>{code}</code>
      </p>
    </details>
  )
}
