import type { ActivityState } from '../../activity/activity.ts'
import type { JobStatus } from '../../activity/job-status.ts'
import type { AgreementView, JobView } from '../../sdk/api.ts'

type Tone = 'green' | 'amber' | 'red' | 'calm'

/** What each state of a job is called. */
const states: Record<JobStatus, { readonly words: string; readonly tone: Tone }> = {
  PendingAnnouncement: { words: 'Preparing', tone: 'amber' },
  Announced: { words: 'Announced', tone: 'amber' },
  BiddingOpen: { words: 'Looking for providers', tone: 'amber' },
  BiddingClosed: { words: 'Choosing providers', tone: 'amber' },
  AwaitingAssignmentConfirmation: { words: 'Waiting for a provider’s word', tone: 'amber' },
  Assigned: { words: 'A provider has agreed', tone: 'amber' },
  PreparingExecution: { words: 'The program is on its way', tone: 'amber' },
  Running: { words: 'Running', tone: 'green' },
  AwaitingInputs: { words: 'Waiting for input', tone: 'amber' },
  ProducingOutputs: { words: 'Finishing', tone: 'green' },
  Completed: { words: 'Done', tone: 'green' },
  Failed: { words: 'Failed', tone: 'red' },
  Cancelled: { words: 'Cancelled', tone: 'calm' },
  ReceiptGenerated: { words: 'Done', tone: 'green' },
  ReceiptAnchored: { words: 'Done', tone: 'green' },
}

/**
 * The badge of a job: its state, or how it ended once the receipts are all that is left. It runs as soon as somebody is at
 * it, even while more providers are being looked for.
 */
export function stateWords({ status, outcome, progress, lanes, agreements }: JobView): {
  readonly words: string
  readonly tone: Tone
} {
  if (outcome === 'Completed' && progress.failed > 0) return { words: 'Done, with failures', tone: 'amber' }
  if (outcome) return states[outcome]
  const isAtWork = lanes.some(({ inFlight }) => inFlight.length > 0)
  if (isAtWork && status !== 'AwaitingInputs') return states.Running
  // Everybody who had agreed has left: it is where it began, whatever it came to before.
  return agreements.length > 0 && agreements.every(isEnded) ? states.BiddingOpen : states[status]
}

const finals: ReadonlySet<AgreementView['state']> = new Set(['rejected', 'cancelled', 'expired', 'terminated'])
export const isEnded = ({ state }: Pick<AgreementView, 'state'>): boolean => finals.has(state)

/** How far an activity is that nothing comes from yet. */
export const activityWords: Record<ActivityState, string> = {
  New: 'Has agreed to compute.',
  Initialized: 'Fetches and checks the program.',
  Deployed: 'Has compiled the program.',
  Ready: 'Is ready.',
  Unresponsive: 'Nothing is heard of it.',
  Terminated: 'Is at it no more.',
}

export const isOver = ({ outcome }: JobView): boolean => outcome !== undefined

/** Its programs are heard while they run. */
export const isLive = ({ spec }: JobView): boolean => spec.isInteractive || spec.capture === 'stream'
