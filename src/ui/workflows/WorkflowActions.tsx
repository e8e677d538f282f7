import { useState } from 'react'
import type { WorkflowView } from '../../sdk/api-workflows.ts'
import { type Failure, failureOf } from '../app/failure.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { FailureNotice } from '../parts/Notice.tsx'

type Doing = 'cancel' | 'retry' | 'download'

/** Cancel while it runs; then Download, and Retry what failed. */
export function WorkflowActions({ view }: { view: WorkflowView }) {
  const mesh = useNodeHandle()
  const [busy, setBusy] = useState<Doing>()
  const [failure, setFailure] = useState<Failure>()
  const handle = () => mesh.workflow(view.id)
  const during = (what: Doing, work: () => Promise<unknown>) => async (): Promise<void> => {
    if (busy !== undefined) return
    setBusy(what)
    setFailure(undefined)
    await work().catch((cause: unknown) => setFailure(failureOf(cause)))
    setBusy(undefined)
  }
  const cancel = during('cancel', async () => handle()?.cancel())
  const retry = during('retry', async () => {
    const retried = await handle()?.retry()
    if (retried && !retried.ok) setFailure({ code: retried.code, message: '' })
  })
  const download = during('download', async () => {
    const { downloadWorkflow } = await import('./download-workflow.ts')
    const flow = handle()
    if (flow) await downloadWorkflow(flow, view)
  })
  const isRunning = view.status === 'Running'
  const isDone = view.status === 'Completed'
  return (
    <div className="stack actions">
      <div className="row">
        {isRunning && (
          <button type="button" className="button main stop" aria-disabled={busy !== undefined} onClick={cancel}>
            {busy === 'cancel' ? 'Cancelling…' : 'Cancel'}
          </button>
        )}
        {!isRunning && !isDone && (
          <button type="button" className="button main" aria-disabled={busy !== undefined} onClick={retry}>
            {view.status === 'Failed' ? 'Retry what failed' : 'Go on'}
          </button>
        )}
        {isDone && (
          <button type="button" className="button main" aria-disabled={busy !== undefined} onClick={download}>
            {busy === 'download' ? 'Packing…' : 'Download'}
          </button>
        )}
      </div>
      {failure && <FailureNotice failure={failure} />}
    </div>
  )
}
