import { counted, whole } from '../parts/format.ts'
import { Peer } from '../parts/Peer.tsx'
import { wordsFor } from '../words.ts'
import type { Collected, Row } from './collect.ts'
import { Paged } from './Paged.tsx'

/** So many are read at a glance; more open on demand. */
const fewRows = 4

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
    <div className="notice red">
      <p>
        <strong>{what}</strong> {side} {todo}
      </p>
      <details className="disclosure" open={rows.length < fewRows}>
        <summary className="small">{counted(rows.length, 'task')}</summary>
        <Paged items={rows} one="failure">
          {(shown) => (
            <ul className="plain small failure-rows">
              {shown.map((row) => (
                <Failed key={row.index} row={row} />
              ))}
            </ul>
          )}
        </Paged>
      </details>
      <p className="soft small">
        Code <code>{code}</code> · phase {rows[0]?.error?.phase ?? 'run'}
      </p>
    </div>
  )
}

function Failed({ row: { index, provider, error, preview } }: { row: Row }) {
  return (
    <li>
      <strong className="number">#{whole(index + 1)}</strong> on <Peer id={provider} />
      <code>{error?.message || preview}</code>
      {preview && error?.message && <code className="soft">{preview}</code>}
    </li>
  )
}
