import { useCallback } from 'react'
import type { Mesh } from '../../sdk/api.ts'
import type { ReputationRecord } from '../../sdk/api-reputation.ts'
import type { Did } from '../../wire/schema.ts'
import { useLooked } from '../app/use-looked.ts'
import { Bar } from '../parts/Bar.tsx'
import { Figure } from '../parts/Figure.tsx'
import { counted, moment, whole } from '../parts/format.ts'
import { Notice } from '../parts/Notice.tsx'
import { classWords, leftAloneWords, restsOn, runtimeName, scoreOf } from './peer-words.ts'

/** Its score, on what that rests, and what of its work was checked. */
export function RecordView({ did }: { did: Did }) {
  const [record] = useLooked(useCallback((mesh: Mesh) => mesh.reputation.record(did), [did]))
  const { permille, deeds, forgivenAt, lastSeen } = record
  const leftAlone = leftAloneWords(record)
  return (
    <section className="stack" aria-labelledby="record-title">
      <h2 id="record-title">Its record here</h2>
      {leftAlone !== undefined && (
        <Notice tone="amber">
          <p>
            <strong>Not asked at the moment.</strong> {leftAlone} Or forgive it.
          </p>
        </Notice>
      )}
      <dl className="figures value-first">
        <Figure name="of 100, its score">{scoreOf(permille)}</Figure>
        <Figure name="tasks done for you">{whole(deeds.completed)}</Figure>
        <Figure name="checked and right">{whole(deeds.verified)}</Figure>
        <Figure name="checked and wrong">{whole(deeds.disputed)}</Figure>
        {deeds.withdrawn > 0 && <Figure name="done, and not counted">{whole(deeds.withdrawn)}</Figure>}
        {deeds.failed > 0 && <Figure name="failed">{whole(deeds.failed)}</Figure>}
      </dl>
      <Bar value={permille} most={1_000} label={`Score: ${scoreOf(permille)} of 100`} />
      <p className="soft small">
        {restsOn(record)}
        {lastSeen !== undefined && lastSeen > 0 && ` Last seen ${moment(lastSeen)}.`}
        {forgivenAt !== undefined && ` Forgiven ${moment(forgivenAt)}.`}
      </p>
      <Payer record={record} />
      <Runtimes record={record} />
      <Tracks record={record} />
    </section>
  )
}

function Payer({ record: { payer, deeds } }: { record: ReputationRecord }) {
  if (deeds.paid + deeds.unpaid === 0) return null
  return (
    <p className="small">
      As one who pays: <strong className="number">{scoreOf(payer.permille)}</strong> of 100.{' '}
      {counted(deeds.paid, 'bill')} paid, {whole(deeds.unpaid)} not.
    </p>
  )
}

function Runtimes({ record: { byRuntime } }: { record: ReputationRecord }) {
  const kinds = Object.entries(byRuntime)
  if (kinds.length === 0) return null
  return (
    <table>
      <caption className="visually-hidden">Its score by kind of program</caption>
      <thead>
        <tr>
          <th scope="col">Kind of program</th>
          <th scope="col">Score</th>
          <th scope="col">Tasks that count</th>
        </tr>
      </thead>
      <tbody>
        {kinds.map(([tag, { permille, tasks }]) => (
          <tr key={tag}>
            <th scope="row">{runtimeName(tag)}</th>
            <td className="number">{scoreOf(permille)}</td>
            <td className="number">{whole(Math.round(tasks))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Tracks({ record: { tracks } }: { record: ReputationRecord }) {
  if (tracks.length === 0) return null
  return (
    <details className="disclosure">
      <summary>How often it is checked</summary>
      <p className="soft small">
        After ten right answers in a row it is checked ever less often. One that is wrong sets it back to the beginning.
        What is cheap buys no trust for what is dear.
      </p>
      <ul className="plain small">
        {tracks.map(({ runtime, priceClass, valid }) => (
          <li key={`${runtime} ${priceClass}`}>
            {runtimeName(runtime)}, {classWords(priceClass)}: <strong className="number">{whole(valid)}</strong> right
            in a row
          </li>
        ))}
      </ul>
    </details>
  )
}
