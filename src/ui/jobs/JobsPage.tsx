import { Link } from 'wouter'
import type { JobView, Mesh } from '../../sdk/api.ts'
import { useMesh } from '../app/use-mesh.ts'
import { Bar } from '../parts/Bar.tsx'
import { credits } from '../parts/credits.ts'
import { counted, moment, whole } from '../parts/format.ts'
import { WithMesh } from '../parts/WithMesh.tsx'
import { stateWords } from './job-words.ts'
import '../look/jobs.css'

const jobViews = (mesh: Mesh) => mesh.jobs()
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
  const jobs = useMesh(jobViews)
  if (jobs.length === 0) {
    return <p className="lead">None yet. What you run appears here, and stays after a reload of this tab.</p>
  }
  const newest = [...jobs].sort((a, b) => b.submittedAt - a.submittedAt).slice(0, mostShown)
  return (
    <ul className="plain job-list">
      {newest.map((job) => (
        <Entry key={job.id} job={job} />
      ))}
    </ul>
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
