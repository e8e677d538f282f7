import { memo, useMemo, useState } from 'react'
import { type PriceList, taskPrice } from '../../market/offer-price.ts'
import type { JobView } from '../../sdk/api.ts'
import type { Cid } from '../../wire/cid.ts'
import { credits } from '../parts/credits.ts'
import { bytes, duration, fuel, whole } from '../parts/format.ts'
import { Peer } from '../parts/Peer.tsx'
import { recallJob } from '../run/job-memory.ts'
import { CheckCell } from './CheckCell.tsx'
import { CommandRows } from './CommandRows.tsx'
import type { Collected, Row } from './collect.ts'
import { givenOf } from './given.ts'
import { Paged } from './Paged.tsx'
import { ProofButton } from './ProofButton.tsx'

/** Every result by itself: who computed it, how long it took, and what a function gave or how its output begins. */
export function ResultList({ job, collected: { rows, sink, checks } }: { job: JobView; collected: Collected }) {
  const [isOpen, setIsOpen] = useState(sink.kind === 'none')
  const prices = useMemo(() => pricesOf(job), [job])
  const given = useMemo(() => remembered(job.id), [job.id])
  const isCalled = rows.some(({ values }) => values !== undefined)
  const isChecked = checks.results > 0
  const isScripted = rows.some(({ commands }) => commands !== undefined)
  if (rows.length === 0) return null
  return (
    <details className="disclosure" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <h2>Task by task</h2>
      </summary>
      {isOpen && (
        <Paged items={rows} one="result" length={sink.kind === 'none' ? 20 : 50}>
          {(shown) => (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must scroll by keyboard too
            <section className="scroll" tabIndex={0} aria-label="Results, task by task">
              <table className="results">
                <thead>
                  <tr>
                    <th scope="col">Task</th>
                    {given && <th scope="col">{isCalled ? 'Call' : 'Given'}</th>}
                    <th scope="col">Outcome</th>
                    <th scope="col">{isCalled ? 'Gave' : isScripted ? 'Commands' : 'Output begins'}</th>
                    <th scope="col">Time</th>
                    <th scope="col">Fuel</th>
                    {prices.size > 0 && <th scope="col">Cost</th>}
                    {!isCalled && <th scope="col">Size</th>}
                    <th scope="col">Computed by</th>
                    {isChecked && <th scope="col">Checked</th>}
                    <th scope="col">Proof</th>
                  </tr>
                </thead>
                <tbody>
                  {shown.map((row) => (
                    <Result
                      key={row.index}
                      job={job.id}
                      row={row}
                      given={given?.(row.index)}
                      isCalled={isCalled}
                      isChecked={isChecked}
                      cost={prices.size > 0 ? costOf(row, prices) : undefined}
                    />
                  ))}
                </tbody>
              </table>
            </section>
          )}
        </Paged>
      )}
    </details>
  )
}

/** What was agreed with each provider that is paid. */
function pricesOf({ agreements }: JobView): ReadonlyMap<string, PriceList> {
  const priced = agreements.filter(({ pricing }) => Object.keys(pricing).length > 0)
  return new Map(priced.map(({ provider, pricing }) => [provider, pricing]))
}

const costOf = ({ durationMs, fuel = 0n, sizeBytes, provider }: Row, prices: ReadonlyMap<string, PriceList>): bigint =>
  taskPrice(prices.get(provider) ?? {}, { durationMs, fuel, sizeBytes })

function remembered(id: Cid): ReturnType<typeof givenOf> {
  const memory = recallJob(id)
  return memory && givenOf(memory)
}

type ResultProps = {
  readonly job: Cid
  readonly row: Row
  /** What made this task its own, where that is kept. */
  readonly given: string | undefined
  /** A function was called: it gives values, and writes nothing as a rule. */
  readonly isCalled: boolean
  readonly isChecked: boolean
  readonly cost: bigint | undefined
}

/** No task takes no time: what is too short for its clock is under a millisecond. */
const someMs = 0.1

/** Rows never change once they are there. */
const Result = memo(function Result({ job, row, given, isCalled, isChecked, cost }: ResultProps) {
  const { index, isOk, exitCode, durationMs, fuel: used, sizeBytes, provider, preview, values, commands, error } = row
  const output = values || preview
  return (
    <tr>
      <th scope="row" className="number">
        {whole(index + 1)}
      </th>
      {given !== undefined && (
        <td>
          <code className="begins">{given}</code>
        </td>
      )}
      <td className={isOk ? undefined : 'wrong'}>
        {isOk ? 'Good' : error?.code === 'exited-nonzero' ? `Exit ${exitCode}` : (error?.code ?? 'Failed')}
      </td>
      <td>
        {commands ? (
          <CommandRows commands={commands} />
        ) : (
          <code className="begins" title={output.length > 60 ? output : undefined}>
            {output || <span className="soft">{values === '' ? 'nothing' : 'no text'}</span>}
          </code>
        )}
      </td>
      <td className="number">{duration(Math.max(durationMs, someMs))}</td>
      <td className="number">{used === undefined ? '' : fuel(used)}</td>
      {cost !== undefined && <td className="number">{cost === 0n ? 'Free' : credits(cost)}</td>}
      {!isCalled && <td className="number">{bytes(sizeBytes)}</td>}
      <td>
        <Peer id={provider} />
      </td>
      {isChecked && <td>{row.check && <CheckCell check={row.check} provider={provider} />}</td>}
      <td>{row.hasReceipt && <ProofButton job={job} index={index} />}</td>
    </tr>
  )
})
