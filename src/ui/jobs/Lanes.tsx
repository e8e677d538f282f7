import type { JobView } from '../../sdk/api.ts'
import type { Did } from '../../wire/schema.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { Bar } from '../parts/Bar.tsx'
import { counted, duration, percent, whole } from '../parts/format.ts'
import { Peer } from '../parts/Peer.tsx'
import { wordsFor } from '../words.ts'
import type { Share } from './collect.ts'
import { activityWords, isOver } from './job-words.ts'
import { type LaneRow, laneRows, preparing, rejections } from './lane-rows.ts'

type LanesProps = { readonly job: JobView; readonly shares: ReadonlyMap<Did, Share> | undefined }

const none: ReadonlyMap<Did, Share> = new Map()

/** Which tab does what: one lane each, its share of the work as a bar. */
export function Lanes({ job, shares = none }: LanesProps) {
  const { did } = useNodeHandle()
  const rows = laneRows(job, shares, did)
  const rejected = rejections(job, rows)
  const coming = isOver(job) ? [] : preparing(job)
  const most = Math.max(1, ...rows.map(({ done }) => done))
  if (rows.length === 0 && coming.length === 0 && rejected.length === 0) return null
  return (
    <section aria-labelledby="lanes-title">
      <h2 id="lanes-title">{job.lanes.length > 0 && !isOver(job) ? 'Who works on it' : 'Who worked on it'}</h2>
      <ul className="plain lanes">
        {rows.map((row) => (
          <Lane key={row.provider} row={row} most={most} isOver={isOver(job)} />
        ))}
        {coming.map(({ id, provider, activity }) => (
          <li key={id} className="lane">
            <span className="lane-who">
              <Peer id={provider} />
            </span>
            <span className="small soft lane-why">{activity && activityWords[activity]}</span>
          </li>
        ))}
        {rejected.map(({ id, provider, reason, state }) => (
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

type LaneProps = { readonly row: LaneRow; readonly most: number; readonly isOver: boolean }

function Lane({
  row: { provider, isHere, threads, inFlight, told, done, taskMs, isPaused, via, left, number },
  most,
  isOver,
}: LaneProps) {
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
        {taskMs > 0 && ` of ${duration(taskMs)}`}
        {threads === undefined ? !isOver && leaving(left) : ` on ${counted(threads, 'thread')}`}
        {!isOver && inFlight.length > 0 && `, now ${current(inFlight, told)}`}
        {number !== undefined && `. Activity ${whole(number)} under an agreement that other jobs share`}
      </span>
    </li>
  )
}

/** Why somebody is at it no more, at the end of a sentence. */
const leaving = (code: string | undefined): string => (code ? `. ${wordsFor(code).what}` : ', has left')

/** Three numbers are what the eye takes in at once. */
function current(inFlight: readonly number[], told: LaneRow['told']): string {
  const first = inFlight.slice(0, 3).map((index) => {
    const share = told.find((one) => one.index === index)
    return share ? `#${whole(index + 1)} (${percent(share.permille / 1_000)})` : `#${whole(index + 1)}`
  })
  return inFlight.length > 3 ? `${first.join(', ')} and ${whole(inFlight.length - 3)} more` : first.join(', ')
}
