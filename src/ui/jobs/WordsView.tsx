import { useDeferredValue, useMemo, useState } from 'react'
import { topWords, type WordCounts } from '../../../examples/tasks.ts'
import { whole } from '../parts/format.ts'
import { Paged } from './Paged.tsx'

/** The rarest of a thousand words stands a few dozen times in a novel. */
const mostWords = 1_000

/** How often each word stands, the most frequent first. */
export function WordsView({ counts }: { counts: WordCounts }) {
  const [filter, setFilter] = useState('')
  const wanted = useDeferredValue(filter.trim().toLowerCase())
  const rows = useMemo(() => {
    const entries = wanted ? new Map([...counts.counts].filter(([word]) => word.includes(wanted))) : counts.counts
    return topWords(entries, mostWords)
  }, [counts, wanted])
  const most = rows[0]?.[1] ?? 1
  if (counts.words === 0) return null
  return (
    <section aria-labelledby="words-title">
      <div className="page-head">
        <h2 id="words-title">
          {whole(counts.words)} words, {whole(counts.counts.size)} different
        </h2>
        <input
          type="search"
          aria-label="Only words with"
          placeholder="Only words with…"
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      </div>
      <Paged items={rows} one="word">
        {(shown) => (
          <table className="words">
            <thead>
              <tr>
                <th scope="col">Word</th>
                <th scope="col">Times</th>
                <td aria-hidden="true" />
              </tr>
            </thead>
            <tbody>
              {shown.map(([word, count]) => (
                <tr key={word}>
                  <th scope="row">{word}</th>
                  <td className="number">{whole(count)}</td>
                  <td aria-hidden="true">
                    <svg width="100%" height="12" aria-hidden="true">
                      <rect width={`${(count / most) * 100}%`} height="12" rx="3" className="bar-value" />
                    </svg>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Paged>
    </section>
  )
}
