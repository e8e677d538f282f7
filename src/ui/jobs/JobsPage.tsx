import { Link } from 'wouter'
import type { JobView, Mesh } from '../../sdk/api.ts'
import type { WorkflowView } from '../../sdk/api-workflows.ts'
import { useMesh } from '../app/use-mesh.ts'
import { Bar } from '../parts/Bar.tsx'
import { credits } from '../parts/credits.ts'
import { counted, moment, whole } from '../parts/format.ts'
import { WithMesh } from '../parts/WithMesh.tsx'
import { workflowWords } from '../workflows/stage-words.ts'
import { stateWords } from './job-words.ts'
import '../look/jobs.css'

const jobViews = (mesh: Mesh) => mesh.jobs()
const workflowViews = (mesh: Mesh) => mesh.workflows()
/** Newest first; older ones are asked for by their address. */
const mostShown = 100

/** The jobs that this tab has submitted. */
export function JobsPage() {
  return (
    <>
      <header className="page-head">
        <h1>Your jobs</h1>
        <Link href="/run" className="button main">
          Run something
        </Link>
      </header>
      <WithMesh>
        <List />
      </WithMesh>
    </>
  )
}

function List() {
  const all = useMesh(jobViews)
  const workflows = useMesh(workflowViews)
  // The jobs of a workflow are on its own page.
  const jobs = all.filter(({ stage }) => !workflows.some(({ id }) => id === stage?.workflow))
  if (jobs.length + workflows.length === 0) {
    return <p className="lead">None yet. What you run appears here, and stays after a reload of this tab.</p>
  }
  const newest = [...jobs].sort((a, b) => b.submittedAt - a.submittedAt).slice(0, mostShown)
  return (
    <ul className="plain job-list">
      {workflows.map((workflow) => (
        <WorkflowEntry key={workflow.id} workflow={workflow} />
      ))}
      {newest.map((job) => (
        <Entry key={job.id} job={job} />
      ))}
    </ul>
  )
}

function WorkflowEntry({ workflow: { id, name, stages, submittedAt, cost, status } }: { workflow: WorkflowView }) {
  const { words, tone } = workflowWords({ status })
  const done = stages.filter(({ state }) => state === 'done').length
  return (
    <li className="card job-entry">
      <div className="job-entry-head">
        <h2>
          <Link href={`/workflows/${id}`}>{name}</Link>
        </h2>
        <span className={`tag ${tone}`}>{words}</span>
      </div>
      <Bar value={done} most={stages.length} label={`${done} of ${stages.length} stages done`} />
      <p className="small soft pair">
        <span>
          Workflow, {whole(done)} of {counted(stages.length, 'stage')}
        </span>
        <span>
          {moment(submittedAt)}
          {cost > 0n && `, ${credits(cost)}`}
        </span>
      </p>
    </li>
  )
}

function Entry({ job }: { job: JobView }) {
  const { words, tone } = stateWords(job)
  const { done, total, failed } = job.progress
  return (
    <li className="card job-entry">
      <div className="job-entry-head">
        <h2>
          <Link href={`/jobs/${job.id}`}>{job.spec.name}</Link>
        </h2>
        <span className={`tag ${tone}`}>{words}</span>
      </div>
      <Bar value={done} failed={failed} most={total} label={`${done} of ${total} tasks done`} />
      <p className="small soft pair">
        <span>
          {whole(done)} of {counted(total, 'task')}
          {failed > 0 && `, ${whole(failed)} failed`}
        </span>
        <span>
          {moment(job.submittedAt)}
          {job.cost > 0n && `, ${credits(job.cost)}`}
        </span>
      </p>
    </li>
  )
}
