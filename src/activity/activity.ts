import { type EventOf, machine, type StateOf } from '../kernel/machine.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { ActivityCreated } from './messages.ts'
import type { TaskPlace } from './task.ts'

/** AV1: Golem's states of an activity. Unresponsive is left by hearing from it again. */
export const activityMachine = machine('New', {
  New: { initialize: 'Initialized', terminate: 'Terminated', lose: 'Unresponsive' },
  Initialized: { deploy: 'Deployed', terminate: 'Terminated', lose: 'Unresponsive' },
  Deployed: { start: 'Ready', terminate: 'Terminated', lose: 'Unresponsive' },
  Ready: { terminate: 'Terminated', lose: 'Unresponsive' },
  Unresponsive: { initialize: 'Initialized', terminate: 'Terminated' },
  Terminated: {},
})
export type ActivityState = StateOf<typeof activityMachine>
export type ActivityStep = EventOf<typeof activityMachine>

/** What a provider's word that it is in a state is to the requestor's own machine. */
export const stepInto = {
  Initialized: 'initialize',
  Deployed: 'deploy',
  Ready: 'start',
  Terminated: 'terminate',
  Unresponsive: 'lose',
} as const satisfies Partial<Record<ActivityState, ActivityStep>>

/** One use of an agreement. Its states are told over the stream and are nobody's proof: receipts are. */
export type Activity = {
  /** CID of the event that created it. */
  readonly id: Cid
  readonly agreement: Cid
  readonly job: Cid
  readonly module: Cid
  readonly requestor: Did
  readonly provider: Did
  readonly threads: number
  readonly limits: BodyOf<typeof ActivityCreated>['limits']
  /** Files that every task may read. */
  readonly content: readonly Cid[]
  /** Origins that its tasks may fetch from. */
  readonly outbound: readonly string[]
  /** They speak to one another. */
  readonly hasChannels: boolean
  /** All that is sent is sealed to the provider's key. */
  readonly isSealed: boolean
  /** Its results are committed to before they are shown. */
  readonly hasCommits: boolean
  /** The task in whose place its first stands. */
  readonly standsFor: TaskPlace | undefined
  readonly state: ActivityState
  /** Of a requestor: its tasks that others came to as well. */
  readonly confirmed?: number | undefined
  readonly created: Verified<BodyOf<typeof ActivityCreated>>
  /** Since when nothing was heard, while Unresponsive. */
  readonly lostAt?: Timestamp | undefined
  /** Of a provider's, when it was last lost: all that was asked of it had been computed and sent. */
  readonly hasSentAll?: boolean | undefined
  /** Why it went no further: code and words of whoever found it. */
  readonly failure?: { readonly code: string; readonly message: string } | undefined
}

export function activityOf(created: Verified<BodyOf<typeof ActivityCreated>>): Activity {
  const { author: requestor, to: provider, agreement, job, module, threads, limits } = created.body
  const {
    content = [],
    outbound = [],
    channels: hasChannels = false,
    isSealed = false,
    commits = false,
    standsFor,
  } = created.body
  return {
    id: created.id,
    agreement,
    job,
    module,
    requestor,
    provider,
    threads,
    limits,
    content,
    outbound,
    hasChannels,
    isSealed,
    hasCommits: commits,
    standsFor,
    state: 'New',
    created,
  }
}

export const isOpen = (activity: Activity): boolean => !activityMachine.isFinal(activity.state)

/** The activity after a step, or itself where the machine knows no such step from here. */
export function stepped(activity: Activity, step: ActivityStep, now: Timestamp): Activity {
  const state = activityMachine.next(activity.state, step)
  if (state === undefined || state === activity.state) return activity
  return { ...activity, state, lostAt: state === 'Unresponsive' ? now : undefined }
}
