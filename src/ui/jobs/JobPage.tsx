import { useCallback } from 'react'
import { Link } from 'wouter'
import type { Mesh } from '../../sdk/api.ts'
import { useMesh } from '../app/use-mesh.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { SignedBy } from '../parts/SignedBy.tsx'
import { WithMesh } from '../parts/WithMesh.tsx'
import { Checked } from './Checked.tsx'
import { Failures } from './Failures.tsx'
import { JobActions } from './JobActions.tsx'
import { isLive, isOver, stateWords } from './job-words.ts'
import { Lanes } from './Lanes.tsx'
import { Progress } from './Progress.tsx'
import { Reason } from './Reason.tsx'
import { Receipts } from './Receipts.tsx'
import { RemarksView } from './RemarksView.tsx'
import { ResultList } from './ResultList.tsx'
import { Results } from './Results.tsx'
import { Terminals } from './Terminals.tsx'
import { UsageFigures } from './UsageFigures.tsx'
import { useCollected } from './use-collected.ts'
import { Waiting } from './Waiting.tsx'
import { WhyThese } from './WhyThese.tsx'
import '../look/jobs.css'
import '../look/results.css'
import '../look/terminal.css'

/** How far, what came out, what did it cost? */
export function JobPage({ id }: { id: string }) {
  return (
    <WithMesh>
      <Known id={id} />
    </WithMesh>
  )
}

function Known({ id }: { id: string }) {
  const job = useMesh(useCallback((mesh: Mesh) => mesh.job(id)?.view(), [id]))
  const collected = useCollected(id)
  if (!job) {
    return (
      <>
        <h1>There is no such job here</h1>
        <FailureNotice failure={{ code: 'job-unknown', message: id }}>
          <Link href="/jobs">Your jobs in this tab</Link>
        </FailureNotice>
      </>
    )
  }
  const { words, tone } = stateWords(job)
  const list = collected && <ResultList job={job} collected={collected} />
  // Where the outputs make nothing of their own to look at, the list of them is what came out.
  const isListFirst = collected?.sink.kind === 'none' && !job.spec.isInteractive
  return (
    <>
      <header className="stack">
        <div className="page-head">
          <div>
            <p className="small back">
              {job.stage ? (
                <Link href={`/workflows/${job.stage.workflow}`}>The workflow</Link>
              ) : (
                <Link href="/jobs">All jobs</Link>
              )}
            </p>
            <h1>{job.spec.name}</h1>
            <span className={`tag ${tone}`} role="status">
              {words}
            </span>
            {job.spec.signers && (
              <p className="small soft">
                <SignedBy signers={job.spec.signers} words="Its program is signed by" />
              </p>
            )}
          </div>
          <JobActions job={job} collected={collected} />
        </div>
        <Progress job={job} />
        <Reason job={job} />
        {!isOver(job) && <Waiting job={job} />}
      </header>
      {isLive(job) && <Terminals job={job} />}
      {collected && !job.spec.isInteractive && <Results job={job} collected={collected} />}
      {isListFirst && list}
      <Lanes job={job} shares={collected?.shares} />
      {collected && <Checked job={job} tally={collected.checks} version={collected.version} />}
      <WhyThese job={job} />
      {collected && <Failures collected={collected} />}
      {collected && <RemarksView remarks={collected.remarks} />}
      <UsageFigures job={job} />
      <Receipts job={job} />
      {!isListFirst && list}
    </>
  )
}
