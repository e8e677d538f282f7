import { useState } from 'react'
import type { Failure } from '../app/failure.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { LineForm } from '../parts/LineForm.tsx'
import { FailureNotice } from '../parts/Notice.tsx'

/** Connects with one tab by its identity. */
export function DialForm() {
  const mesh = useNodeHandle()
  const [said, setSaid] = useState<{ readonly isGood: boolean; readonly failure?: Failure }>()
  const dial = async (peer: string): Promise<boolean> => {
    const outcome = await mesh.dial(peer)
    const message = outcome.ok ? '' : Object.values(outcome.facts).join(', ')
    setSaid(outcome.ok ? { isGood: true } : { isGood: false, failure: { code: outcome.code, message } })
    return false // whom it was, stays to be read
  }
  return (
    <div className="stack">
      <LineForm
        label="Connect with one tab"
        says="Connect"
        busy="Connecting…"
        placeholder="did:key:z6Mk…"
        isIdentity
        onSay={dial}
      />
      <div role="status">{said?.isGood && 'Connected.'}</div>
      {said?.failure && <FailureNotice failure={said.failure} />}
    </div>
  )
}
