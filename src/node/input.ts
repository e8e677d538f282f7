import type { ActivityStep } from '../activity/activity.ts'
import type { JobSpec } from '../activity/messages.ts'
import type { Progress } from '../activity/schedule.ts'
import type { WorkflowSpec } from '../activity/workflow-messages.ts'
import type { GuildFounded, MemberInvited } from '../guild/messages.ts'
import type { Amount } from '../kernel/amount.ts'
import type { Result } from '../kernel/result.ts'
import type { OfferFacts } from '../market/offer-properties.ts'
import type { DisputeAnswered, DisputeJudged, DisputeOpened, VerdictChecked } from '../receipts/dispute-messages.ts'
import type { ExecutionReceipt, ReceiptBody, ResultsChecked } from '../receipts/messages.ts'
import type { AttestedBody } from '../receipts/witness.ts'
import type { Listed } from '../reputation/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { Owed } from '../wire/effect.ts'
import type { FieldsOf, Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { AnyProtocol } from '../wire/protocol.ts'
import type { Did } from '../wire/schema.ts'

/** How a provider sells: what its offer says, and what it agrees to. */
export type Plan = {
  readonly facts: OfferFacts
  /** Of the machine, lent at most: reserved by agreements, the rest on sale. */
  readonly threads: number
  readonly memoryMb: number
  /** Modules that may run here; undefined: any. */
  readonly onlyModules?: readonly Cid[] | undefined
  readonly blocked: readonly Did[]
  /** What all strangers together may owe. 0: only those with a paid history. */
  readonly strangersLimit: Amount
}

/** What a person or a program wants of its own node. */
export type Command =
  | { readonly type: 'submitJob'; readonly job: Cid; readonly nonce: Uint8Array; readonly spec: JobSpec }
  | {
      readonly type: 'sealJob'
      readonly job: Cid
      readonly taskCount: number
      readonly sourceLost: boolean
      readonly earlierCount?: number | undefined
    }
  | { readonly type: 'cancelJob'; readonly job: Cid; readonly reason: string }
  | {
      readonly type: 'submitWorkflow'
      readonly workflow: Cid
      readonly nonce: Uint8Array
      readonly spec: WorkflowSpec
    }
  /** What failed runs again, and then what waited for it. */
  | { readonly type: 'retryWorkflow'; readonly workflow: Cid }
  | { readonly type: 'cancelWorkflow'; readonly workflow: Cid; readonly reason: string }
  | { readonly type: 'openDispute'; readonly fields: FieldsOf<typeof DisputeOpened> }
  | ({ readonly type: 'answerDispute' } & Omit<FieldsOf<typeof DisputeAnswered>, 'to'>)
  | ({ readonly type: 'judgeDispute' } & Omit<FieldsOf<typeof DisputeJudged>, 'to'>)
  | ({ readonly type: 'checkVerdict' } & FieldsOf<typeof VerdictChecked>)
  /** What one party of a receipt says of the other. */
  | {
      readonly type: 'review'
      readonly receipt: Verified<ReceiptBody>
      readonly ratingPermille: number
      readonly comment: string
    }
  | { readonly type: 'forgive'; readonly did: Did }
  | ({ readonly type: 'list' } & FieldsOf<typeof Listed>)
  | ({ readonly type: 'foundGuild' } & FieldsOf<typeof GuildFounded>)
  /** @param key of the guild's epoch, sealed to the one who is asked */
  | ({ readonly type: 'inviteMember' } & Pick<FieldsOf<typeof MemberInvited>, 'guild' | 'to' | 'role' | 'key'>)
  | { readonly type: 'answerInvitation'; readonly guild: Cid; readonly isAccepted: boolean }
  /** @param keys of the next epoch, for each who stays */
  | {
      readonly type: 'removeMember'
      readonly guild: Cid
      readonly member: Did
      readonly reason: string
      readonly keys: readonly { readonly to: Did; readonly key: Uint8Array }[]
    }
  | { readonly type: 'leaveGuild'; readonly guild: Cid; readonly reason: string }
  | { readonly type: 'sell'; readonly plan: Plan }
  | { readonly type: 'stopSelling'; readonly reason: string }

/** What came out of one frame's tasks, to be put into a receipt. */
export type FrameSummary = Pick<
  FieldsOf<typeof ExecutionReceipt>,
  'isFinal' | 'outcome' | 'taskCount' | 'okCount' | 'failedCount' | 'root' | 'usage' | 'startedAt' | 'endedAt'
> & { readonly outputCids?: readonly Cid[]; readonly logsCid?: Cid | undefined }

export type Peer = {
  readonly did: Did
  readonly isRelay: boolean
  readonly direct: boolean
  readonly rttMs?: number | undefined
  /** Of addresses, where its connection shows it. */
  readonly range?: string | undefined
}

/** Everything that can happen to a node. `token` names whoever waits for an answer. */
export type Input =
  | { readonly type: 'start' }
  | { readonly type: 'command'; readonly command: Command; readonly token: number }
  /** Verified events that a peer brought; each gets a verdict. */
  | {
      readonly type: 'delivered'
      readonly from: Did
      readonly events: readonly Verified<AnyBody>[]
      readonly token: number
    }
  | {
      readonly type: 'request'
      readonly protocol: AnyProtocol
      readonly body: unknown
      readonly from: Did
      readonly token: number
    }
  /** Verified events that a pull brought. */
  | { readonly type: 'pulled'; readonly from: Did; readonly events: readonly Verified<AnyBody>[] }
  | { readonly type: 'response'; readonly key: string; readonly from: Did; readonly body: unknown }
  | { readonly type: 'failed'; readonly key: string; readonly from: Did; readonly code: string }
  /** What a counterparty heard last, after a start. */
  | { readonly type: 'caughtUp'; readonly from: Did; readonly events: readonly Verified<AnyBody>[] }
  /** Somebody's job, by gossip. */
  | { readonly type: 'announced'; readonly event: Verified<AnyBody> }
  /** Somebody's review and the receipt that it is about, by gossip; whoever passed them on gets a verdict. */
  | {
      readonly type: 'reviewed'
      readonly review: Verified<AnyBody>
      readonly receipt: Verified<AnyBody>
      readonly token: number
    }
  /** `by` sells them, `from` passed the word on. */
  | { readonly type: 'offerIds'; readonly from: Did; readonly by: Did; readonly offers: readonly Cid[] }
  | { readonly type: 'timer'; readonly key: string }
  | { readonly type: 'peerUp'; readonly peer: Peer }
  | { readonly type: 'peerChanged'; readonly peer: Peer }
  | { readonly type: 'peerDown'; readonly did: Did }
  /** Summaries of the data plane: it holds the bytes, the node decides. */
  | { readonly type: 'tasksReported'; readonly job: Cid; readonly progress: Progress }
  | {
      readonly type: 'activityStepped'
      readonly activity: Cid
      readonly step: ActivityStep
      readonly failure?: Failure | undefined
      /** Of a provider's that is lost: all that was asked of it is computed and sent. */
      readonly hasSentAll?: boolean
    }
  /** What comparing answers said of an activity's provider since it was last told, at most once a second, or at once where it lied. */
  | ({ readonly type: 'checked'; readonly activity: Cid } & CheckedTasks)
  /** A witness signed for what it had committed to; we, where a receipt is with it that is not of a job of ours. */
  | {
      readonly type: 'attested'
      readonly event: Verified<AttestedBody>
      readonly receipt?: Verified<ReceiptBody>
    }
  | { readonly type: 'frameReady'; readonly activity: Cid; readonly frame: FrameSummary; readonly token: number }
  /** A receipt was put where others find it, or could not be. */
  | { readonly type: 'anchored'; readonly receipt: Cid; readonly isKept: boolean }

/** Tasks by what their check said, how dear they are, and what the activity had cost when the newest of them was cleared for payment. */
export type CheckedTasks = Pick<FieldsOf<typeof ResultsChecked>, 'verified' | 'disputed' | 'priceClass' | 'cleared'>

export type Failure = { readonly code: string; readonly message: string }

/** Everything that a node can want. `persist` is durable before anything else of the same step leaves. */
export type Effect =
  | Exclude<Owed, { type: 'state' | 'deliver' }>
  | { readonly type: 'persist'; readonly events: readonly Verified<AnyBody>[] }
  | { readonly type: 'respond'; readonly token: number; readonly body: unknown }
  /** The answer to a command, for the program that gave it. */
  | { readonly type: 'answer'; readonly token: number; readonly result: Result<Cid | undefined> }
  /** The receipt of a frame, to be signed and sent with it. */
  | { readonly type: 'attest'; readonly token: number; readonly receipt: Verified<AnyBody> | undefined }
  | { readonly type: 'dial'; readonly did: Did }
  /** Serve, or refuse, streams of this activity. */
  | { readonly type: 'acceptActivity'; readonly activity: Cid }
