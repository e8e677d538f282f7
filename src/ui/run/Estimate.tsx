import { useEffect, useMemo } from 'react'
import type { SubmitRequest } from '../../sdk/api.ts'
import type { CheckEstimate } from '../../sdk/api-checking.ts'
import type { EstimateRequest } from '../../sdk/api-market.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { Awaiting } from '../parts/Awaiting.tsx'
import { credits } from '../parts/credits.ts'
import { Figure } from '../parts/Figure.tsx'
import { FunnelView } from '../parts/FunnelView.tsx'
import { counted, duration, fuel, whole } from '../parts/format.ts'
import { Notice } from '../parts/Notice.tsx'
import { type Earlier, earlierTask, type WeightOf } from './earlier.ts'
import type { How } from './sureness.ts'
import { type Preview, usePreview } from './use-preview.ts'
import type { Here } from './WhereItRuns.tsx'

type EstimateProps = {
  readonly tasks: number
  readonly limits: NonNullable<SubmitRequest['limits']>
  readonly isInteractive: boolean
  readonly runtime: string | undefined
  readonly maxPrice: bigint
  readonly maxFuel: bigint | undefined
  readonly wished: Pick<EstimateRequest, 'policy' | 'sealed'>
  /** How sure it is to be; undefined where its answers cannot be compared. */
  readonly how: How | undefined
  /** Compares earlier jobs with this one, of which a task weighs 1. */
  readonly weightOf: WeightOf
  readonly here: Here
  readonly onHere: (here: Here) => void
  /** Told what checking costs and gives, whenever that changes. */
  readonly onChecks: (checks: CheckEstimate | undefined) => void
}

/** What is known before a job starts: how much there is to do, who is there, and what the last one like it took. */
export function Estimate({ tasks, maxFuel, weightOf, here, onHere, onChecks, how, ...wanted }: EstimateProps) {
  const mesh = useNodeHandle()
  const preview = usePreview({ ...wanted, tasks })
  const { funnel, threads, isSettled, checks } = preview
  const before = useMemo(() => earlierTask(mesh, weightOf), [mesh, weightOf])
  const providers = funnel.affordable
  useEffect(() => onChecks(checks), [onChecks, checks])
  const copies = (how && checks?.copies) ?? 1
  return (
    <>
      <dl className="figures">
        <Figure name="Tasks">{whole(tasks)}</Figure>
        <Figure name="Providers in sight">{whole(providers)}</Figure>
        <Figure name="Threads">{whole(threads)}</Figure>
      </dl>
      {providers > 0 || here !== 'no' ? (
        tasks > 0 && (
          <p className="small soft">
            {expectation({ tasks, here, before, maxFuel, copies, maxPrice: wanted.maxPrice }, preview)}
          </p>
        )
      ) : !isSettled ? (
        <Awaiting what="Looking for providers" slow="" wrong="" />
      ) : (
        <Notice tone="amber">
          <p>
            {funnel.leastBudget === undefined ? (
              <strong>Nobody can take it at the moment.</strong>
            ) : (
              <strong>
                {wanted.maxPrice === 0n ? 'Nobody in sight gives it away.' : 'The budget is too small.'} The cheapest
                provider needs at least {credits(funnel.leastBudget)}, the price of a minute.
              </strong>
            )}{' '}
            {wanted.maxPrice > 0n && funnel.leastBudget !== undefined
              ? 'Raise the budget, or set 0 to wait until somebody donates.'
              : 'It would wait until somebody donates.'}{' '}
            Or let this tab do the work itself.
          </p>
          <button type="button" className="button" onClick={() => onHere('too')}>
            Run here too
          </button>
        </Notice>
      )}
      {isSettled && here !== 'only' && (providers === 0 || funnel.seen > providers) && <FunnelView funnel={funnel} />}
    </>
  )
}

type Asked = {
  readonly tasks: number
  readonly here: Here
  readonly before: Earlier | undefined
  readonly maxFuel: bigint | undefined
  readonly maxPrice: bigint
  /** Computed of each task, on average. */
  readonly copies: number
}

function expectation(asked: Asked, { threads, prices, funnel }: Preview): string {
  const { tasks, here, before, copies, maxPrice } = asked
  if (here === 'only') return 'All of it is done by this tab. How long it takes shows after the first tasks.'
  if (threads === 0) return 'This tab starts alone; others join as they appear.'
  const rounds = Math.ceil((tasks * copies) / threads)
  if (before === undefined) {
    const each = `About ${whole(rounds)} ${rounds === 1 ? 'task' : 'tasks'} a thread.`
    return `${each} How long one takes shows after the first.`
  }
  const perTask = (before.durationMs * prices.perSecond) / 1e3 + (before.fuel * prices.perGigaFuel) / 1e9
  const cost = BigInt(Math.ceil(tasks * copies * perTask + funnel.affordable * prices.perStart))
  const money = cost > 0n ? `, and ${credits(cost)} at the prices in sight` : ''
  const burnt = before.fuel > 0 ? ` and ${fuel(BigInt(Math.round(before.fuel)))} of fuel` : ''
  const each = `${duration(before.durationMs)}${burnt}`
  const time = `About ${duration(rounds * before.durationMs)}${money}, if a task takes ${each} as it did last time.`
  const first = BigInt(Math.ceil(perTask + prices.perStart))
  const tooSmall =
    maxPrice > 0n && first > maxPrice ? ` The budget should be at least ${credits(first)}: one task.` : ''
  return `${time}${tooSmall}${tooLittle(asked, before)}`
}

/** A budget of fuel that ends the job before its last task. */
function tooLittle({ tasks, copies, maxFuel }: Asked, before: Earlier): string {
  if (maxFuel === undefined || before.fuel === 0) return ''
  const enough = Math.floor(Number(maxFuel) / (before.fuel * copies))
  return enough >= tasks ? '' : ` The fuel budget is then enough for about ${counted(enough, 'task')}.`
}
