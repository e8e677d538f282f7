import { Figure } from '../parts/Figure.tsx'
import { counted, whole } from '../parts/format.ts'
import { Paged } from './Paged.tsx'
import type { Remarks } from './remarks.ts'

/** What the programs told of themselves while they ran: counters of their own, and lines for people. */
export function RemarksView({ remarks: { log, counters } }: { remarks: Remarks }) {
  if (log.length === 0 && counters.size === 0) return null
  return (
    <section className="stack" aria-labelledby="remarks-title">
      <h2 id="remarks-title">What the programs told</h2>
      {counters.size > 0 && (
        <dl className="figures">
          {[...counters].map(([name, value]) => (
            <Figure key={name} name={name}>
              {whole(Number(value))}
            </Figure>
          ))}
        </dl>
      )}
      {log.length > 0 && (
        <details className="disclosure">
          <summary>Log, {counted(log.length, 'line')}</summary>
          <Paged items={log} one="line">
            {(shown) => (
              <ol className="plain log-lines">
                {shown.map(({ index, level, text }, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: lines never move, and may be alike
                  <li key={at}>
                    <span className="small soft number">#{whole(index + 1)}</span>
                    <code className={level === 'error' ? 'wrong' : undefined}>
                      {level === 'info' ? '' : `${level}: `}
                      {text}
                    </code>
                  </li>
                ))}
              </ol>
            )}
          </Paged>
        </details>
      )}
    </section>
  )
}
