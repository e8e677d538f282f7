import type { JobView, LaneView } from '../../sdk/api.ts'
import { Bar } from '../parts/Bar.tsx'
import { counted, duration, whole } from '../parts/format.ts'
import { Peer } from '../parts/Peer.tsx'
import { wordsFor } from '../words.ts'
import { isOver } from './job-words.ts'

const finals: ReadonlySet<string> = new Set(['rejected', 'cancelled', 'expired', 'terminated'])
const mostLeft = 20

/** Which tab does what: one lane each, its share of the work as a bar. */
export function Lanes({ job }: { job: JobView }) {
  const most = Math.max(1, ...job.lanes.map(({ done }) => done))
  const working = new Set(job.lanes.map(({ provider }) => provider))
  const left = job.agreements
    .filter(({ state, provider, reason }) => finals.has(state) && !working.has(provider) && reason?.code !== 'Success')
    .slice(-mostLeft)
  if (job.lanes.length === 0 && left.length === 0) return null
  return (
    <section aria-labelledby="lanes-title">
      <h2 id="lanes-title">{isOver(job) ? 'Who worked on it' : 'Who works on it'}</h2>
      <ul className="plain lanes">
        {job.lanes.map((lane) => (
          <Lane key={lane.provider} lane={lane} most={most} isOver={isOver(job)} />
        ))}
        {left.map(({ id, provider, reason, state }) => (
          <li key={id} className="lane">
            <span className="lane-who">
              <Peer id={provider} />
            </span>
            <span className="small soft lane-why">
              {reason ? `${wordsFor(reason.code).what} ${reason.message}` : `The agreement is ${state}.`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

type LaneProps = { readonly lane: LaneView; readonly most: number; readonly isOver: boolean }

function Lane({ lane: { provider, isHere, threads, inFlight, done, taskMs, isPaused, via }, most, isOver }: LaneProps) {
  return (
    <li className="lane">
      <span className="lane-who">
        <Peer id={provider} />
        {isHere && <span className="tag green">this tab, own work</span>}
        {via === 'relay' && <span className="tag amber">relayed, slower</span>}
        {isPaused && !isOver && <span className="tag amber">silent</span>}
      </span>
      <Bar value={done} most={most} label={`${done} tasks`} />
      <span className="small soft lane-numbers number">
        {counted(done, 'task')}
        {taskMs > 0 && ` of ${duration(taskMs)}`} on {counted(threads, 'thread')}
        {!isOver && inFlight.length > 0 && `, now ${current(inFlight)}`}
      </span>
    </li>
  )
}

/** Three numbers are what the eye takes in at once. */
function current(inFlight: readonly number[]): string {
  const first = inFlight.slice(0, 3).map((index) => `#${whole(index + 1)}`)
  return inFlight.length > 3 ? `${first.join(', ')} and ${whole(inFlight.length - 3)} more` : first.join(', ')
}
