import type { StageView, WorkflowView } from '../../sdk/api-workflows.ts'
import { counted, whole } from '../parts/format.ts'
import type { StageKind } from './draft.ts'

type Tone = 'green' | 'amber' | 'red' | 'calm'
type Said = { readonly words: string; readonly tone: Tone }

/** What each kind of stage does, as a person chooses it. */
export const kindWords: Readonly<Record<StageKind, { readonly short: string; readonly long: string }>> = {
  single: { short: 'one task', long: 'One task' },
  map: { short: 'for each', long: 'One for each piece' },
  reduce: { short: 'together', long: 'Pieces together' },
}

const statuses: Record<WorkflowView['status'], Said> = {
  Running: { words: 'Running', tone: 'green' },
  Completed: { words: 'Done', tone: 'green' },
  Failed: { words: 'Failed', tone: 'red' },
  Cancelled: { words: 'Cancelled', tone: 'calm' },
}
export const workflowWords = ({ status }: Pick<WorkflowView, 'status'>): Said => statuses[status]

/** How far a stage is, in a word or two. */
export function stageWords({ state, progress }: Pick<StageView, 'state' | 'progress'>, isOver: boolean): Said {
  const { done, total, failed, isSealed } = progress
  if (state === 'done') return { words: `Done, ${counted(total, 'task')}`, tone: 'green' }
  if (state === 'failed')
    return { words: failed > 0 ? `${whole(failed)} of ${whole(total)} failed` : 'Stopped', tone: 'red' }
  if (state === 'running' && total === 0) return { words: 'Beginning', tone: 'amber' }
  if (state === 'running') return { words: `${whole(done)} of ${whole(total)}${isSealed ? '' : '…'}`, tone: 'green' }
  return { words: isOver ? 'Not begun' : state === 'ready' ? 'Beginning' : 'Waiting', tone: isOver ? 'calm' : 'amber' }
}
