import { useState } from 'react'
import { useLocation } from 'wouter'
import type { JobView } from '../../sdk/api.ts'
import { type Failure, failureOf } from '../app/failure.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { howAgain, recallJob } from '../run/job-memory.ts'
import { submitJob } from '../run/submit.ts'
import type { Collected } from './collect.ts'
import { isOver } from './job-words.ts'

type ActionsProps = { readonly job: JobView; readonly collected: Collected | undefined }

/** Cancel while it runs, then Download; and the same again. */
export function JobActions({ job, collected }: ActionsProps) {
  const mesh = useNodeHandle()
  const [, navigate] = useLocation()
  const [busy, setBusy] = useState<string>()
  const [failure, setFailure] = useState<Failure>()
  const during = (what: string, work: () => Promise<unknown>) => async (): Promise<void> => {
    if (busy !== undefined) return
    setBusy(what)
    setFailure(undefined)
    await work().catch((cause: unknown) => setFailure(failureOf(cause)))
    setBusy(undefined)
  }
  const download = during('download', async () => {
    const { downloadAll } = await import('./download.ts')
    const handle = mesh.job(job.id)
    if (handle) await downloadAll(handle, job.spec.name, recallJob(job.id))
  })
  const again = during('again', async () => {
    const ask = howAgain(job.id)
    const kind = recallJob(job.id)?.kind ?? 'own'
    navigate(ask ? `/jobs/${await submitJob(mesh, ask)}` : `/run/${kind}?again=${job.id}`)
  })
  const hasResults = (collected?.rows.length ?? 0) > 0
  return (
    <div className="stack actions">
      <div className="row">
        {!isOver(job) && (
          <button
            type="button"
            className="button main stop"
            aria-disabled={busy !== undefined}
            onClick={during('cancel', async () => mesh.job(job.id)?.cancel())}
          >
            {busy === 'cancel' ? 'Cancelling…' : 'Cancel'}
          </button>
        )}
        {hasResults && (
          <button
            type="button"
            className={isOver(job) ? 'button main' : 'button'}
            aria-disabled={busy !== undefined}
            onClick={download}
          >
            {busy === 'download' ? 'Packing…' : 'Download all'}
          </button>
        )}
        {isOver(job) && !job.stage && (
          <button type="button" className="button" aria-disabled={busy !== undefined} onClick={again}>
            Run again
          </button>
        )}
      </div>
      {failure && <FailureNotice failure={failure} />}
    </div>
  )
}
