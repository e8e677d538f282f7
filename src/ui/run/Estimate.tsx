import type { SubmitRequest } from '../../sdk/api.ts'
import { Figure } from '../parts/Figure.tsx'
import { FunnelView } from '../parts/FunnelView.tsx'
import { whole } from '../parts/format.ts'
import { Notice } from '../parts/Notice.tsx'
import { usePreview } from './use-preview.ts'
import type { Here } from './WhereItRuns.tsx'

type EstimateProps = {
  readonly tasks: number
  readonly limits: NonNullable<SubmitRequest['limits']>
  readonly maxPrice: bigint
  readonly here: Here
  readonly onHere: (here: Here) => void
}

/** What is known before a job starts: how much there is to do and who is there. No time is promised. */
export function Estimate({ tasks, limits, maxPrice, here, onHere }: EstimateProps) {
  const { funnel, threads } = usePreview(limits, maxPrice)
  const providers = funnel.affordable
  return (
    <>
      <dl className="figures">
        <Figure name="Tasks">{whole(tasks)}</Figure>
        <Figure name="Providers in sight">{whole(providers)}</Figure>
        <Figure name="Threads">{whole(threads)}</Figure>
      </dl>
      {providers > 0 || here !== 'no' ? (
        tasks > 0 && <p className="small soft">{expectation(tasks, threads, here)}</p>
      ) : (
        <Notice tone="amber">
          <p>
            <strong>Nobody can take it at the moment.</strong> It would wait until somebody donates. Or let this tab do
            the work itself.
          </p>
          <button type="button" className="button" onClick={() => onHere('too')}>
            Run here too
          </button>
        </Notice>
      )}
      {(providers === 0 || funnel.seen > providers) && <FunnelView funnel={funnel} />}
    </>
  )
}

function expectation(tasks: number, threads: number, here: Here): string {
  if (here === 'only') return 'All of it is done by this tab. How long it takes shows after the first tasks.'
  if (threads === 0) return 'This tab starts alone; others join as they appear.'
  const rounds = Math.ceil(tasks / threads)
  return `About ${whole(rounds)} ${rounds === 1 ? 'task' : 'tasks'} a thread. How long one takes shows after the first.`
}
