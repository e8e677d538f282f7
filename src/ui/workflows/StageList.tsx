import { Link } from 'wouter'
import type { StageView, WorkflowView } from '../../sdk/api-workflows.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { credits } from '../parts/credits.ts'
import { counted } from '../parts/format.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { kindWords, stageWords } from './stage-words.ts'

/** Every stage in words, with the way to its job; where it was tried again, to each try. */
export function StageList({ view }: { view: WorkflowView }) {
  return (
    <section>
      <h2>Stage by stage</h2>
      <ul className="plain stages">
        {view.stages.map((stage) => (
          <Row key={stage.id} stage={stage} isOver={view.status !== 'Running'} />
        ))}
      </ul>
    </section>
  )
}

function Row({ stage, isOver }: { stage: StageView; isOver: boolean }) {
  const { words, tone } = stageWords(stage, isOver)
  const { receipts } = useNodeHandle()
  const signed = stage.jobs.flatMap((job) => receipts.ofJob(job)).reduce((sum, { body }) => sum + body.sequence + 1, 0)
  const reads = [...stage.reads, ...stage.after]
  return (
    <li className="stage-row">
      <h3>{stage.id}</h3>
      <span>
        <span className={`tag ${tone}`}>{words}</span>
      </span>
      <span className="small soft">
        {kindWords[stage.kind].long}
        {reads.length > 0 && `; reads ${reads.join(', ')}`}
        {signed > 0 && `; ${counted(signed, 'receipt')}`}
        {stage.cost > 0n && `; ${credits(stage.cost)}`}
      </span>
      <span className="small">
        {stage.jobs.map((job, n) => (
          <span key={job}>
            {n > 0 && ', '}
            <Link href={`/jobs/${job}`}>{stage.jobs.length === 1 ? 'Its job' : `Try ${n + 1}`}</Link>
          </span>
        ))}
      </span>
      {stage.state === 'failed' && stage.reason !== 'tasks-failed' && stage.reason !== 'cancelled' && (
        <FailureNotice failure={{ code: stage.reason.split(' ')[0] ?? '', message: stage.reason }} />
      )}
    </li>
  )
}
