import type { JobView } from '../../sdk/api.ts'
import { Figure } from '../parts/Figure.tsx'
import { bytes, duration, fuel } from '../parts/format.ts'
import { Term } from '../parts/Term.tsx'
import { isOver } from './job-words.ts'

/** What it has used so far, as those who work on it say each second. */
export function UsageFigures({ job }: { job: JobView }) {
  const { durationMs, cpuMs, memoryBytes, bytesIn, bytesOut, fuel: units, hostUnits } = job.usage
  if (durationMs === 0) return null
  return (
    <section className="stack" aria-labelledby="usage-title">
      <h2 id="usage-title">What it used</h2>
      <dl className="figures value-first">
        <Figure name="of a thread’s time">{duration(durationMs)}</Figure>
        <Figure name="of that computing">{duration(cpuMs)}</Figure>
        {memoryBytes > 0 && <Figure name="memory at most">{bytes(memoryBytes)}</Figure>}
        <Figure name="given to programs">{bytes(bytesIn)}</Figure>
        <Figure name="brought back">{bytes(bytesOut)}</Figure>
        {units > 0n && <Figure name="fuel">{fuel(units)}</Figure>}
        {hostUnits > 0n && <Figure name={<Term word="hostUnits">host units</Term>}>{fuel(hostUnits)}</Figure>}
      </dl>
      <p className="small soft">
        {isOver(job)
          ? 'As the receipts say, or as was told last.'
          : 'Told each second by whoever works on it. Memory, fuel and output of a task may come only with its end.'}
      </p>
    </section>
  )
}
