import { useState } from 'react'
import { useLocation } from 'wouter'
import type { SubmitRequest } from '../../sdk/api.ts'
import type { CheckEstimate } from '../../sdk/api-checking.ts'
import { type Failure, failureOf } from '../app/failure.ts'
import { useNode } from '../app/use-mesh.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { Term } from '../parts/Term.tsx'
import { WithMesh } from '../parts/WithMesh.tsx'
import { BudgetField, budgetOf } from './BudgetField.tsx'
import { ChoosingFields } from './ChoosingFields.tsx'
import { type ChoosingAsked, choosingAsked } from './choosing.ts'
import { Estimate } from './Estimate.tsx'
import type { WeightOf } from './earlier.ts'
import { type FuelAsked, FuelBudget, fuelAsked, noFuelWish } from './FuelBudget.tsx'
import { HowSure } from './HowSure.tsx'
import { type Again, recallJob } from './job-memory.ts'
import { PresetField } from './PresetField.tsx'
import { Privacy } from './Privacy.tsx'
import { submitJob } from './submit.ts'
import { whyNotCompared } from './sure-words.ts'
import { type SureAsked, sureAsked, type Wishes, wishedFor, wishesOf, wishValues, withPreset } from './sureness.ts'
import { type Here, WhereItRuns } from './WhereItRuns.tsx'

type PanelProps = {
  readonly tasks: number
  readonly limits: NonNullable<SubmitRequest['limits']>
  readonly isInteractive: boolean
  /** A command's where it is not said. */
  readonly runtime?: string | undefined
  readonly weightOf: WeightOf
  /** What the form still lacks, in words; undefined where it can run. */
  readonly lacking: string | undefined
  readonly providersRead: string
  /** Makes the request from the form; the panel adds budget and place. */
  readonly ask: Again
}

/** Beside every form: budget, who is there, what it may cost, what others can read, and Run. */
export function RunPanel({ tasks, limits, isInteractive, runtime, weightOf, lacking, providersRead, ask }: PanelProps) {
  const state = useNode()
  const [, navigate] = useLocation()
  const [budget, setBudget] = useState('')
  const [here, setHere] = useState<Here>('no')
  const [failure, setFailure] = useState<Failure>()
  const [isBusy, setIsBusy] = useState(false)
  const [wish, setWish] = useState(noFuelWish)
  const [checks, setChecks] = useState<CheckEstimate>()
  const [wishes, setWishes] = useState<Wishes>(askedAgain)
  const change = (part: Partial<Wishes>): void => setWishes((now) => ({ ...now, ...part }))
  const notCompared = whyNotCompared({ isInteractive, runtime }, here)
  const sure = sureAsked(wishes)
  const wished = wishedFor(wishes, notCompared === undefined ? sure : undefined)
  const maxPrice = budgetOf(budget)
  const asked = fuelAsked(wish, limits.fuel)
  const missing =
    lacking ??
    (tasks > 0 ? undefined : 'Give at least one task.') ??
    wordsOf(asked) ??
    wordsOf(choosingAsked(wishes.choosing)) ??
    (notCompared === undefined ? (wordsOf(sure) ?? outOfReach(checks)) : undefined)
  const canRun = state.kind === 'ready' && missing === undefined && maxPrice !== undefined && !isBusy

  const run = async (): Promise<void> => {
    if (state.kind !== 'ready' || maxPrice === undefined || asked.kind === 'lacking') return
    const { maxFuel, perTask } = asked
    const kept = wishValues(wishes)
    setIsBusy(true)
    setFailure(undefined)
    try {
      const again: Again = async () => {
        const { request, memory } = await ask()
        const fuelLimit = perTask === undefined ? {} : { limits: { ...request.limits, fuel: perTask } }
        const policy = { ...wished.policy, maxPrice, ...(maxFuel !== undefined && { maxFuel }) }
        const wishes = { ...request, ...fuelLimit, here, sealed: wished.sealed, policy }
        return { request: wishes, memory: { ...memory, wishes: kept } }
      }
      navigate(`/jobs/${await submitJob(state.mesh, again)}`)
    } catch (cause) {
      setFailure(failureOf(cause))
      setIsBusy(false)
    }
  }
  return (
    <aside className="card run-panel" aria-label="Run it">
      <WithMesh>
        <Estimate
          tasks={tasks}
          limits={limits}
          isInteractive={isInteractive}
          runtime={runtime}
          maxPrice={maxPrice ?? 0n}
          maxFuel={asked.kind === 'asked' ? asked.maxFuel : undefined}
          wished={wished}
          how={notCompared === undefined && sure.kind === 'asked' ? wishes.sureness.how : undefined}
          weightOf={weightOf}
          here={here}
          onHere={setHere}
          onChecks={setChecks}
        />
      </WithMesh>
      <PresetField preset={wishes.preset} onChange={(preset) => setWishes((now) => withPreset(now, preset))} />
      <ChoosingFields wishes={wishes} onChange={(choosing) => change({ choosing })} />
      <HowSure
        sureness={wishes.sureness}
        asked={sure}
        notCompared={notCompared}
        checks={checks}
        onChange={(sureness) => change({ sureness })}
      />
      <WhereItRuns here={here} onChange={setHere} />
      <BudgetField value={budget} onChange={setBudget} whole="The whole job" />
      <FuelBudget wish={wish} limit={limits.fuel} onChange={setWish} />
      <Privacy wishes={wishes} onChange={change} />
      {failure && <FailureNotice failure={failure} />}
      <button type="button" className="button main" disabled={!canRun} onClick={run}>
        {isBusy ? 'Preparing…' : here === 'only' ? 'Run here' : 'Run'}
      </button>
      {missing && <p className="small soft under-button">{missing}</p>}
      <p className="small">
        <strong>
          <Term word="provider">Providers</Term> can read your inputs.
        </strong>{' '}
        {providersRead}
      </p>
    </aside>
  )
}

const wordsOf = (asked: FuelAsked | SureAsked | ChoosingAsked): string | undefined =>
  asked.kind === 'lacking' ? asked.words : undefined

const outOfReach = (checks: CheckEstimate | undefined): string | undefined =>
  checks?.best === undefined ? undefined : 'So sure nobody can be with the providers in sight.'

/** What was wished for with the job that the address names. */
function askedAgain(): Wishes {
  const again = new URLSearchParams(location.search).get('again')
  return wishesOf(again ? recallJob(again)?.wishes : undefined)
}
