import type { Funnel } from '../../sdk/api-market.ts'
import { wordsFor } from '../words.ts'
import { Bar } from './Bar.tsx'
import { clock, moment, whole } from './format.ts'
import { Peer } from './Peer.tsx'

const steps = ['seen', 'understood', 'matching', 'affordable', 'answering'] as const
/** Twelve reasons fill a screen; the rest is told as a number. */
const mostReasons = 12

/** A day's worth is a time of day, as people say it. */
const again = (at: number): string => (at - Date.now() < 12 * 3_600_000 ? `at ${clock(at)}` : `on ${moment(at)}`)

/** From all offers that are known to those that answer, with the reason wherever one falls out. */
export function FunnelView({ funnel }: { funnel: Funnel }) {
  const { reasons } = funnel
  return (
    <div className="funnel">
      <ol className="plain funnel-steps" aria-label="Providers, step by step">
        {steps.map((step) => (
          <li key={step} className={funnel[step] === 0 ? 'none' : undefined}>
            <strong className="number">{whole(funnel[step])}</strong>
            <span>{step}</span>
            <Bar value={funnel[step]} most={funnel.seen} label={`${funnel[step]} of ${funnel.seen}`} />
          </li>
        ))}
      </ol>
      {reasons.length > 0 && (
        <details className="disclosure">
          <summary className="small">Why the others are not asked</summary>
          <ul className="plain reasons small">
            {reasons.slice(0, mostReasons).map(({ provider, step, code, message, askedAgainAt }) => (
              <li key={`${provider} ${step} ${code}`}>
                <Peer id={provider} /> {wordsFor(code).what}{' '}
                <span className="soft">
                  {askedAgainAt === undefined ? message !== code && message : `Asked again ${again(askedAgainAt)}.`}
                </span>
              </li>
            ))}
            {reasons.length > mostReasons && <li className="soft">and {whole(reasons.length - mostReasons)} more</li>}
          </ul>
        </details>
      )}
    </div>
  )
}
