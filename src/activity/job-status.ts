import { machine, type StateOf } from '../kernel/machine.ts'

/** The fourteen states of a job and Cancelled, in the mesh's own words (JB1). A machine, so that the badge cannot lie. */
export const jobMachine = machine('PendingAnnouncement', {
  PendingAnnouncement: { announce: 'Announced', cancel: 'Cancelled', fail: 'Failed' },
  Announced: { openBidding: 'BiddingOpen', cancel: 'Cancelled', fail: 'Failed' },
  BiddingOpen: { closeBidding: 'BiddingClosed', cancel: 'Cancelled', fail: 'Failed' },
  BiddingClosed: {
    choose: 'AwaitingAssignmentConfirmation',
    openBidding: 'BiddingOpen',
    cancel: 'Cancelled',
    fail: 'Failed',
  },
  AwaitingAssignmentConfirmation: {
    assign: 'Assigned',
    openBidding: 'BiddingOpen',
    cancel: 'Cancelled',
    fail: 'Failed',
  },
  Assigned: { prepare: 'PreparingExecution', openBidding: 'BiddingOpen', cancel: 'Cancelled', fail: 'Failed' },
  PreparingExecution: { run: 'Running', openBidding: 'BiddingOpen', cancel: 'Cancelled', fail: 'Failed' },
  Running: {
    awaitInputs: 'AwaitingInputs',
    produce: 'ProducingOutputs',
    openBidding: 'BiddingOpen',
    cancel: 'Cancelled',
    fail: 'Failed',
  },
  AwaitingInputs: {
    run: 'Running',
    openBidding: 'BiddingOpen',
    produce: 'ProducingOutputs',
    cancel: 'Cancelled',
    fail: 'Failed',
  },
  ProducingOutputs: {
    complete: 'Completed',
    run: 'Running',
    openBidding: 'BiddingOpen',
    cancel: 'Cancelled',
    fail: 'Failed',
  },
  Completed: { receive: 'ReceiptGenerated' },
  Failed: { receive: 'ReceiptGenerated' },
  Cancelled: { receive: 'ReceiptGenerated' },
  ReceiptGenerated: { anchor: 'ReceiptAnchored' },
  ReceiptAnchored: {},
})
export type JobStatus = StateOf<typeof jobMachine>
export const jobStatuses = jobMachine.states

/** The five that everybody else understands. */
export type StandardJobStatus = 'Pending' | 'Running' | 'CompletedSuccessfully' | 'Failed' | 'Cancelled'
/** How a job ended: what ReceiptGenerated and ReceiptAnchored stand for. */
export type JobOutcome = 'Completed' | 'Failed' | 'Cancelled'

/** JB2: total over all fifteen; the two receipt states carry the outcome they stand for. */
export function standardStatus(status: JobStatus, outcome: JobOutcome): StandardJobStatus {
  const told: Record<JobStatus, StandardJobStatus> = {
    PendingAnnouncement: 'Pending',
    Announced: 'Pending',
    BiddingOpen: 'Pending',
    BiddingClosed: 'Pending',
    AwaitingAssignmentConfirmation: 'Pending',
    Assigned: 'Pending',
    PreparingExecution: 'Running',
    Running: 'Running',
    AwaitingInputs: 'Running',
    ProducingOutputs: 'Running',
    Completed: 'CompletedSuccessfully',
    Failed: 'Failed',
    Cancelled: 'Cancelled',
    ReceiptGenerated: ended[outcome],
    ReceiptAnchored: ended[outcome],
  }
  return told[status]
}

const ended: Record<JobOutcome, StandardJobStatus> = {
  Completed: 'CompletedSuccessfully',
  Failed: 'Failed',
  Cancelled: 'Cancelled',
}
