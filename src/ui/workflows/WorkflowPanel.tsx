import { useState } from 'react'
import { useLocation } from 'wouter'
import { type Failure, failureOf } from '../app/failure.ts'
import { useNode } from '../app/use-mesh.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { Term } from '../parts/Term.tsx'
import { BudgetField, budgetOf } from '../run/BudgetField.tsx'
import { type Here, WhereItRuns } from '../run/WhereItRuns.tsx'
import { askedFor, type Draft } from './draft.ts'
import { submitWorkflow } from './submit-workflow.ts'

/** Beside the form: budget, place, and Run. @param lacking what the form still lacks, in words */
export function WorkflowPanel({ draft, lacking }: { draft: Draft; lacking: string | undefined }) {
  const state = useNode()
  const [, navigate] = useLocation()
  const [budget, setBudget] = useState('')
  const [here, setHere] = useState<Here>('too')
  const [failure, setFailure] = useState<Failure>()
  const [isBusy, setIsBusy] = useState(false)
  const maxPrice = budgetOf(budget)
  const canRun = state.kind === 'ready' && lacking === undefined && maxPrice !== undefined && !isBusy
  const run = async (): Promise<void> => {
    if (state.kind !== 'ready' || maxPrice === undefined) return
    setIsBusy(true)
    setFailure(undefined)
    try {
      const asked = await askedFor(draft)
      const stages = asked.stages.map((stage) => ({ ...stage, here }))
      navigate(`/workflows/${await submitWorkflow(state.mesh, { ...asked, stages, maxPrice })}`)
    } catch (cause) {
      setFailure(failureOf(cause))
      setIsBusy(false)
    }
  }
  return (
    <aside className="card run-panel" aria-label="Run it">
      <WhereItRuns here={here} onChange={setHere} />
      <BudgetField value={budget} onChange={setBudget} whole="The whole workflow" />
      {failure && <FailureNotice failure={failure} />}
      <button type="button" className="button main" disabled={!canRun} onClick={run}>
        {isBusy ? 'Preparing…' : here === 'only' ? 'Run here' : 'Run'}
      </button>
      {lacking && <p className="small soft under-button">{lacking}</p>}
      <p className="small">
        <strong>
          <Term word="provider">Providers</Term> can read what they are given.
        </strong>{' '}
        The programs, their arguments, and the pieces of files and results that fall to them. Which stage it is they are
        not told.
      </p>
    </aside>
  )
}
