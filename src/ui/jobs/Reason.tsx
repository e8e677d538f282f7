import type { JobView } from '../../sdk/api.ts'
import { FailureNotice, Notice } from '../parts/Notice.tsx'
import { words } from '../words.ts'

/** Why a job ended as it did, where that is not simply that all is done. */
export function Reason({ job: { outcome, reason } }: { job: JobView }) {
  if (outcome === undefined || reason === '' || outcome === 'Completed') return null
  const [code = ''] = reason.split(/[ ,:]/)
  if (outcome === 'Failed' || Object.hasOwn(words, code)) return <FailureNotice failure={{ code, message: reason }} />
  return (
    <Notice tone="calm">
      <p>It was cancelled. What was done until then is kept{reason === 'cancelled' ? '.' : `: ${reason}`}</p>
    </Notice>
  )
}
