import { useEffect, useRef, useState } from 'react'
import type { ReceiptNode } from '../../receipts/dag.ts'
import type { Verification } from '../../sdk/receipts-api.ts'
import type { Cid } from '../../wire/cid.ts'
import { type Failure, failureOf } from '../app/failure.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { CopyButton } from '../parts/CopyButton.tsx'
import { credits } from '../parts/credits.ts'
import { counted, duration, fuel, moment, shortId, whole } from '../parts/format.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { Peer } from '../parts/Peer.tsx'
import { Dispute } from './Dispute.tsx'
import { againWords, blameWords, checkWords, differenceWords, signedWords, witnessWords } from './receipt-words.ts'

type DetailProps = {
  readonly node: ReceiptNode
  readonly verification: Verification | undefined
  readonly onVerified: (id: Cid, verification: Verification) => void
}

/** As many as are read; a frame has at most 256. */
const mostShown = 20

/** One receipt as a document: what it says, what was checked of it, and its tasks run again. */
export function ReceiptDetail({ node, verification, onVerified }: DetailProps) {
  const { id, body, rose } = node
  const { receipts, did: me } = useNodeHandle()
  const [ran, setRan] = useState<number>()
  const [failure, setFailure] = useState<Failure>()
  const stopping = useRef<AbortController>(undefined)
  useEffect(() => () => stopping.current?.abort(), [])

  async function verify(execute: boolean): Promise<void> {
    if (ran !== undefined) return
    setFailure(undefined)
    setRan(0)
    const stop = new AbortController()
    stopping.current = stop
    const { signal } = stop
    try {
      const checked = await receipts.verify(id, { execute, signal, onTask: () => setRan((count = 0) => count + 1) })
      if (checked.ok) onVerified(id, checked.value)
      else setFailure({ code: checked.code, message: '' })
    } catch (cause) {
      setFailure(failureOf(cause))
    } finally {
      setRan(undefined)
    }
  }

  return (
    <div className="receipt-detail stack">
      <h3>
        Receipt {whole(body.sequence + 1)}
        {body.isFinal && ', the last'}
      </h3>
      <p className="small">
        {counted(body.taskCount, 'task')}, {whole(body.okCount)} good
        {rose && (
          <>
            , {duration(rose.durationUs / 1_000)} of work, {fuel(rose.fuel)} fuel
            {rose.cost > 0n && <span className="money">, {credits(rose.cost)}</span>}
          </>
        )}
        . Signed {moment(body.issuedAt)}.{' '}
        <CopyButton text={id} label="Copy the name of the receipt">
          <code>{shortId(id)}</code>
        </CopyButton>
      </p>
      <p className="small">{signedWords(node, me)}</p>
      <Witnesses node={node} />
      <div className="row">
        <button type="button" className="button" aria-disabled={ran !== undefined} onClick={() => void verify(false)}>
          Check
        </button>
        {body.taskCount > 0 && (
          <button type="button" className="button" aria-disabled={ran !== undefined} onClick={() => void verify(true)}>
            {ran === undefined ? 'Run again and compare' : `Running, ${whole(ran)} of ${whole(body.taskCount)}…`}
          </button>
        )}
        {ran !== undefined && (
          <button type="button" className="button" onClick={() => stopping.current?.abort()}>
            Stop
          </button>
        )}
      </div>
      {failure && <FailureNotice failure={failure} />}
      {verification && <Checks verification={verification} />}
      {verification && verification.tasks.length > 0 && <Again verification={verification} />}
      <Dispute receipt={id} mayOpen={isWrong(verification)} />
    </div>
  )
}

/** Who signed beside its author, and for how much of it. */
function Witnesses({ node }: { node: ReceiptNode }) {
  const said = witnessWords(node)
  if (said === undefined) return null
  return (
    <div className="small">
      <p>{said}</p>
      <ul className="plain" aria-label="Its witnesses">
        {node.attested?.map(({ witness, event, positions }) => (
          <li key={event} className="row">
            <Peer id={witness} />
            <span>computed {whole(positions.length)} of its tasks too, and signed for the same.</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Where the program sees nothing but its input, and came to something else. */
const isWrong = (verification: Verification | undefined): boolean =>
  verification?.tasks.some(({ isSame }) => isSame === false) === true && verification.reads.length === 0

const marks = { holds: '✓', fails: '✕', unknown: '?' } as const

function Checks({ verification }: { verification: Verification }) {
  return (
    <ul className="plain receipt-checks small" aria-label="What was checked">
      {verification.checks.map((check) => (
        <li key={check.name} className={check.how === 'fails' ? 'wrong' : undefined}>
          <span aria-hidden="true">{marks[check.how]}</span> {checkWords(check)}{' '}
          {check.code !== undefined && <code className="soft">{check.code}</code>}
        </li>
      ))}
    </ul>
  )
}

function Again({ verification }: { verification: Verification }) {
  const others = verification.tasks.filter(({ isSame }) => isSame !== true)
  const differs = others.some(({ isSame }) => isSame === false)
  return (
    <div className={`notice ${differs ? 'red' : others.length > 0 ? 'amber' : 'green'}`} role="status">
      <p>
        <strong>Run again in this tab.</strong> {againWords(verification)}
      </p>
      {differs && <p>{blameWords(verification)}</p>}
      {others.length > 0 && (
        <ul className="plain small">
          {others.slice(0, mostShown).map((task) => (
            <li key={task.index}>
              <strong className="number">#{whole(task.index + 1)}</strong> {differenceWords(task)}
            </li>
          ))}
          {others.length > mostShown && <li>and {counted(others.length - mostShown, 'other')}</li>}
        </ul>
      )}
    </div>
  )
}
