import type { DisputeState } from '../../receipts/dispute.ts'
import type { DisputeView } from '../../sdk/disputes-api.ts'
import { whole } from '../parts/format.ts'

/** How a dispute looks; the words beside it say the same. */
export const disputeColours: Record<DisputeState, 'amber' | 'red' | 'green'> = {
  Opened: 'amber',
  Contested: 'amber',
  Upheld: 'red',
  Dismissed: 'green',
  Undecided: 'amber',
}

const standing: Record<DisputeState, string> = {
  Opened: 'The provider is asked to run it again. Silence of ten minutes counts as no.',
  Contested: 'The provider stands by its result. Others are asked for the same task.',
  Upheld: 'The result was wrong.',
  Dismissed: 'The result was right.',
  Undecided: 'Nobody could decide it.',
}

/** How it stands, and on whose word. */
export function disputeWords({ state, ground, answer, verdict }: DisputeView): string {
  if (state !== 'Upheld' && state !== 'Dismissed') return standing[state]
  if (ground === 'equivocation') return `${standing[state]} Two signatures prove it.`
  if (answer?.stance === 'concedes') return `${standing[state]} The provider ran it again and says so.`
  return `${standing[state]} ${verdict?.findings.length ?? 0} others ran it and agree.`
}

/** What is disputed: its task as the list of results counts it. */
export function subjectOf({ ground, task }: Pick<DisputeView, 'ground' | 'task'>): string {
  if (ground === 'equivocation') return 'Two receipts for one place'
  return task === undefined ? 'A task' : `Task #${whole(task + 1)}`
}
