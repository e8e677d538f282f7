import { useCallback } from 'react'
import { Link } from 'wouter'
import type { Mesh } from '../../sdk/api.ts'
import type { WorkflowView } from '../../sdk/api-workflows.ts'
import { useMesh } from '../app/use-mesh.ts'
import { Bar } from '../parts/Bar.tsx'
import { credits } from '../parts/credits.ts'
import { Figure } from '../parts/Figure.tsx'
import { duration, whole } from '../parts/format.ts'
import { FailureNotice, Notice } from '../parts/Notice.tsx'
import { WithMesh } from '../parts/WithMesh.tsx'
import { CameOut } from './CameOut.tsx'
import { Graph } from './Graph.tsx'
import { StageList } from './StageList.tsx'
import { stageWords, workflowWords } from './stage-words.ts'
import { WorkflowActions } from './WorkflowActions.tsx'
import '../look/jobs.css'
import '../look/results.css'
import '../look/workflow.css'

/** How far is each stage, and what came out? */
export function WorkflowPage({ id }: { id: string }) {
  return (
    <WithMesh>
      <Known id={id} />
    </WithMesh>
  )
}

function Known({ id }: { id: string }) {
  const views = useMesh(useCallback((mesh: Mesh) => mesh.workflows(), []))
  const view = views.find((one) => one.id === id)
  if (!view) {
    return (
      <>
        <h1>There is no such workflow here</h1>
        <FailureNotice failure={{ code: 'workflow-unknown', message: id }}>
          <Link href="/jobs">Your jobs in this tab</Link>
        </FailureNotice>
      </>
    )
  }
  const { words, tone } = workflowWords(view)
  const isOver = view.status !== 'Running'
  return (
    <>
      <header className="stack">
        <div className="page-head">
          <div>
            <p className="small back">
              <Link href="/jobs">All jobs</Link>
            </p>
            <h1>{view.name}</h1>
            <span className={`tag ${tone}`} role="status">
              {words}
            </span>
          </div>
          <WorkflowActions view={view} />
        </div>
        <Progress view={view} />
        <Why view={view} />
      </header>
      <Graph
        label={`The stages of ${view.name}`}
        stages={view.stages.map((stage) => ({ ...stage, words: stageWords(stage, isOver).words }))}
        link={(stage, node) => {
          const job = view.stages.find((one) => one.id === stage)?.jobs.at(-1)
          return job ? <Link href={`/jobs/${job}`}>{node}</Link> : node
        }}
      />
      <CameOut view={view} />
      <StageList view={view} />
    </>
  )
}

function Progress({ view }: { view: WorkflowView }) {
  const sum = (part: 'total' | 'done' | 'failed'): number =>
    view.stages.reduce((all, { progress }) => all + progress[part], 0)
  const [total, done, failed] = [sum('total'), sum('done'), sum('failed')]
  const stagesDone = view.stages.filter(({ state }) => state === 'done').length
  return (
    <div className="progress">
      <Bar value={done} failed={failed} most={total} label={`${done} of ${total} tasks done`} />
      <dl className="figures">
        <Figure name="Stages done">
          {stagesDone} of {view.stages.length}
        </Figure>
        <Figure name={view.status === 'Running' ? 'Tasks so far' : 'Tasks'}>
          {whole(done)} of {whole(total)}
        </Figure>
        {view.endedAt !== undefined && <Figure name="Took">{duration(view.endedAt - view.submittedAt)}</Figure>}
        {view.maxPrice > 0n && (
          <Figure name="Cost">
            {credits(view.cost)} of {credits(view.maxPrice)}
          </Figure>
        )}
      </dl>
    </div>
  )
}

/** Why it ended as it did, and what can be done about it. */
function Why({ view: { status, reason, stages } }: { view: WorkflowView }) {
  if (status === 'Cancelled')
    return (
      <Notice tone="calm">
        <p>It was cancelled. What was done until then is kept; retry to go on from there.</p>
      </Notice>
    )
  if (status !== 'Failed') return null
  const failed = stages.filter(({ state }) => state === 'failed').map(({ id }) => id)
  return <FailureNotice failure={{ code: reason, message: failed.join(', ') }} />
}
