import { useCallback, useEffect, useState } from 'react'
import type { JobView, Mesh } from '../../sdk/api.ts'
import type { Funnel } from '../../sdk/api-market.ts'
import { type Failure, failureOf } from '../app/failure.ts'
import { useLooked } from '../app/use-looked.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { credits } from '../parts/credits.ts'
import { FunnelView } from '../parts/FunnelView.tsx'
import { FailureNotice, Notice } from '../parts/Notice.tsx'

/** Two seconds are what finding and agreeing takes when somebody is there. */
const patienceMs = 2_000

/** While nobody works on a job: who was asked, why not, and the offer to run it here. */
export function Waiting({ job }: { job: JobView }) {
  const isIdle = job.lanes.length === 0 && job.progress.done < job.progress.total
  const [isLong, setIsLong] = useState(false)
  useEffect(() => {
    setIsLong(false)
    if (!isIdle) return
    const timer = setTimeout(() => setIsLong(true), patienceMs)
    return () => clearTimeout(timer)
  }, [isIdle])
  return isIdle && isLong ? <Nobody job={job} /> : null
}

/** Somebody fits and has not said no. */
const mayTake = (funnel: Funnel | undefined): boolean =>
  funnel === undefined || funnel.affordable > funnel.reasons.filter(({ step }) => step === 'answering').length

const orBuy = (funnel: Funnel | undefined): string =>
  funnel?.leastBudget === undefined
    ? ''
    : `The cheapest provider in sight needs a budget of at least ${credits(funnel.leastBudget)}. `

function Nobody({ job }: { job: JobView }) {
  const mesh = useNodeHandle()
  const [failure, setFailure] = useState<Failure>()
  const [isAsked, setIsAsked] = useState(false)
  const [funnel] = useLooked(useCallback((mesh: Mesh) => mesh.market.funnel(job.id), [job.id]))
  const runHere = (): void => {
    setIsAsked(true)
    mesh
      .job(job.id)
      ?.runHere()
      .catch((cause: unknown) => setFailure(failureOf(cause)))
  }
  return (
    <Notice tone="amber">
      <p role="status">
        <strong>
          {isAsked || job.spec.runHere
            ? 'This tab is getting ready.'
            : job.progress.done > 0
              ? 'Nobody works on it at the moment.'
              : 'Nobody works on it yet.'}
        </strong>{' '}
        {mayTake(funnel)
          ? 'The providers in sight are being asked.'
          : `It waits until somebody can take it. ${orBuy(funnel)}Or let this tab do the work, as your own.`}
      </p>
      {funnel && <FunnelView funnel={funnel} />}
      {!job.spec.runHere && (
        <button type="button" className="button" disabled={isAsked} onClick={runHere}>
          Run here
        </button>
      )}
      {failure && <FailureNotice failure={failure} />}
    </Notice>
  )
}
