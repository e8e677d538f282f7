import type { JobView } from '../../sdk/api.ts'
import { Bar } from '../parts/Bar.tsx'
import { credits } from '../parts/credits.ts'
import { Figure } from '../parts/Figure.tsx'
import { counted, duration, fuel, whole } from '../parts/format.ts'
import { isOver } from './job-words.ts'

/** The bar, how fast it goes and how long that leaves. */
export function Progress({ job }: { job: JobView }) {
  const { done, total, failed, inFlight, isSealed, fuelUsed } = job.progress
  const { maxFuel } = job.spec.policy
  const { ratePerSecond, leftMs, endedAt, submittedAt, cost } = job
  const isEnded = isOver(job)
  // While nobody is at it, the rate of before says nothing of what is left.
  const isAtWork = !isEnded && job.lanes.length > 0
  const all = isSealed ? counted(total, 'task') : `${counted(total, 'task')} so far`
  return (
    <div className="progress">
      <Bar
        value={done}
        failed={failed}
        most={total}
        label={`${done} of ${total} tasks done${failed > 0 ? `, ${failed} of them failed` : ''}`}
      />
      {maxFuel !== undefined && (
        <>
          <Bar
            value={Number(fuelUsed)}
            most={Number(maxFuel)}
            label={`${fuel(fuelUsed)} of ${fuel(maxFuel)} of fuel used`}
          />
          <p className="small soft">
            Fuel: {fuel(fuelUsed)} of {fuel(maxFuel)} used
          </p>
        </>
      )}
      <dl className="figures value-first">
        <Figure name={`of ${all} done`}>{whole(done)}</Figure>
        {!isEnded && <Figure name="under way">{whole(inFlight)}</Figure>}
        {failed > 0 && <Figure name="failed">{whole(failed)}</Figure>}
        {isAtWork && ratePerSecond !== undefined && ratePerSecond > 0 && (
          <Figure name="a second">{rate(ratePerSecond)}</Figure>
        )}
        {isAtWork && leftMs !== undefined && <Figure name="left, at this rate">{duration(leftMs)}</Figure>}
        {isEnded && endedAt !== undefined && <Figure name="in all">{duration(endedAt - submittedAt)}</Figure>}
        {fuelUsed > 0n && maxFuel === undefined && <Figure name="of fuel">{fuel(fuelUsed)}</Figure>}
        <Figure name="cost" {...(cost > 0n ? { tone: 'money' } : {})}>
          {cost > 0n ? credits(cost) : 'Free'}
        </Figure>
      </dl>
    </div>
  )
}

const rate = (perSecond: number): string => (perSecond < 10 ? perSecond.toFixed(1) : whole(perSecond))
