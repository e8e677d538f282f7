import type { JobView } from '../../sdk/api.ts'
import type { Collected } from './collect.ts'
import { FilesView } from './FilesView.tsx'
import { isOver } from './job-words.ts'
import { LinesView } from './LinesView.tsx'
import { PictureView } from './PictureView.tsx'
import { TaskWall } from './TaskWall.tsx'
import { WordsView } from './WordsView.tsx'

/** What came out, as people would look at it; the wall of tasks where the results are no picture. */
export function Results({ job, collected }: { job: JobView; collected: Collected }) {
  const { sink, version } = collected
  if (sink.kind === 'picture') return <PictureView job={job} sink={sink} version={version} />
  return (
    <>
      <TaskWall job={job} collected={collected} />
      {sink.kind === 'lines' && (sink.found > 0 || isOver(job)) && (
        <LinesView matches={sink.matches} found={sink.found} />
      )}
      {sink.kind === 'table' && <WordsView counts={sink.counts} />}
      {sink.kind === 'files' && <FilesView job={job.id} files={sink.files} version={version} />}
    </>
  )
}
