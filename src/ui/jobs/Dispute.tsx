import { useState } from 'react'
import type { Mesh } from '../../sdk/api.ts'
import type { DisputeView } from '../../sdk/disputes-api.ts'
import type { Cid } from '../../wire/cid.ts'
import { useMesh, useNodeHandle } from '../app/use-mesh.ts'
import { CopyButton } from '../parts/CopyButton.tsx'
import { moment, shortId } from '../parts/format.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { disputeColours, disputeWords, subjectOf } from './dispute-words.ts'

const disputes = (mesh: Mesh) => mesh.receipts.disputes()

/** What is disputed of a receipt and how it stands; before that, the button that begins it. */
export function Dispute({ receipt, mayOpen }: { receipt: Cid; mayOpen: boolean }) {
  const { receipts } = useNodeHandle()
  const about = useMesh(disputes).filter((one) => one.receipt === receipt)
  const [isOpening, setOpening] = useState(false)
  const [code, setCode] = useState<string>()

  async function open(): Promise<void> {
    if (isOpening) return
    setOpening(true)
    const opened = await receipts.dispute(receipt).catch(() => ({ ok: false, code: 'unexpected' }) as const)
    setCode(opened.ok ? undefined : opened.code)
    setOpening(false)
  }

  if (about.length > 0) return about.map((dispute) => <Standing key={dispute.id} dispute={dispute} />)
  if (!mayOpen) return null
  return (
    <div className="stack">
      <p className="small">
        In a dispute the provider runs the task again. If it stands by its result, others are asked for the same task,
        and what two of them agree on decides. It takes minutes, and an hour at most.
      </p>
      <button type="button" className="button" aria-disabled={isOpening} onClick={() => void open()}>
        {isOpening ? 'Running it again first…' : 'Open a dispute'}
      </button>
      {code !== undefined && <FailureNotice failure={{ code, message: '' }} />}
    </div>
  )
}

function Standing({ dispute }: { dispute: DisputeView }) {
  const { state, openedAt, answer, verdict } = dispute
  return (
    <div className={`notice ${disputeColours[state]}`} role="status">
      <p>
        <strong>
          {subjectOf(dispute)} disputed {moment(openedAt)}.
        </strong>{' '}
        {disputeWords(dispute)}
      </p>
      {answer?.reason && <p className="small">“{answer.reason}”</p>}
      {verdict && verdict.findings.length > 0 && (
        <p className="small">
          Proof:{' '}
          {verdict.findings.map((finding) => (
            <CopyButton key={finding} text={finding} label="Copy the name of what a juror signed">
              <code>{shortId(finding)}</code>
            </CopyButton>
          ))}
        </p>
      )}
    </div>
  )
}
