import type { Match } from '../../../examples/tasks.ts'
import { counted, whole } from '../parts/format.ts'
import { Paged } from './Paged.tsx'

/** Found lines in order of the text. */
export function LinesView({ matches, found }: { matches: readonly Match[]; found: number }) {
  return (
    <section aria-labelledby="lines-title">
      <h2 id="lines-title">{counted(found, 'line')} found</h2>
      {found > matches.length && <p className="small soft">The first {whole(matches.length)} are shown here.</p>}
      <Paged items={matches} one="line">
        {(shown) => (
          <ol className="plain lines">
            {shown.map(({ offset, line }) => (
              <li key={offset}>
                <span className="soft small number" title="Place in the text, in bytes">
                  {whole(offset)}
                </span>
                {line}
              </li>
            ))}
          </ol>
        )}
      </Paged>
    </section>
  )
}
