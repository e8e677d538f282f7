import { type FormEvent, useId, useState } from 'react'
import type { Failure } from '../app/failure.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { FailureNotice } from '../parts/Notice.tsx'

/** Connects with one tab by its identity. */
export function DialForm() {
  const mesh = useNodeHandle()
  const id = useId()
  const [peer, setPeer] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const [said, setSaid] = useState<{ readonly isGood: boolean; readonly failure?: Failure }>()
  const dial = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setIsBusy(true)
    const outcome = await mesh.dial(peer.trim())
    const message = outcome.ok ? '' : Object.values(outcome.facts).join(', ')
    setSaid(outcome.ok ? { isGood: true } : { isGood: false, failure: { code: outcome.code, message } })
    setIsBusy(false)
  }
  return (
    <form className="stack" onSubmit={dial}>
      <div className="field">
        <label htmlFor={id}>Connect with one tab</label>
        <span className="row">
          <input
            id={id}
            className="grow"
            autoComplete="off"
            spellCheck={false}
            placeholder="did:key:z6Mk…"
            value={peer}
            onChange={(event) => setPeer(event.currentTarget.value)}
          />
          <button type="submit" className="button" disabled={isBusy || peer.trim() === ''}>
            {isBusy ? 'Connecting…' : 'Connect'}
          </button>
        </span>
      </div>
      <div role="status">{said?.isGood && 'Connected.'}</div>
      {said?.failure && <FailureNotice failure={said.failure} />}
    </form>
  )
}
