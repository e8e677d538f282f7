import { type StateOf } from '../kernel/machine.js';
/** The fourteen states of a job and Cancelled, in the mesh's own words (JB1). A machine, so that the badge cannot lie. */
export declare const jobMachine: import("../kernel/machine.js").Machine<{
    readonly PendingAnnouncement: {
        readonly announce: "Announced";
        readonly cancel: "Cancelled";
        readonly fail: "Failed";
    };
    readonly Announced: {
        readonly openBidding: "BiddingOpen";
        readonly cancel: "Cancelled";
        readonly fail: "Failed";
    };
    readonly BiddingOpen: {
        readonly closeBidding: "BiddingClosed";
        readonly cancel: "Cancelled";
        readonly fail: "Failed";
    };
    readonly BiddingClosed: {
        readonly choose: "AwaitingAssignmentConfirmation";
        readonly openBidding: "BiddingOpen";
        readonly cancel: "Cancelled";
        readonly fail: "Failed";
    };
    readonly AwaitingAssignmentConfirmation: {
        readonly assign: "Assigned";
        readonly openBidding: "BiddingOpen";
        readonly cancel: "Cancelled";
        readonly fail: "Failed";
    };
    readonly Assigned: {
        readonly prepare: "PreparingExecution";
        readonly openBidding: "BiddingOpen";
        readonly cancel: "Cancelled";
        readonly fail: "Failed";
    };
    readonly PreparingExecution: {
        readonly run: "Running";
        readonly openBidding: "BiddingOpen";
        readonly cancel: "Cancelled";
        readonly fail: "Failed";
    };
    readonly Running: {
        readonly awaitInputs: "AwaitingInputs";
        readonly produce: "ProducingOutputs";
        readonly openBidding: "BiddingOpen";
        readonly cancel: "Cancelled";
        readonly fail: "Failed";
    };
    readonly AwaitingInputs: {
        readonly run: "Running";
        readonly openBidding: "BiddingOpen";
        readonly produce: "ProducingOutputs";
        readonly cancel: "Cancelled";
        readonly fail: "Failed";
    };
    readonly ProducingOutputs: {
        readonly complete: "Completed";
        readonly cancel: "Cancelled";
        readonly fail: "Failed";
    };
    readonly Completed: {
        readonly receive: "ReceiptGenerated";
    };
    readonly Failed: {
        readonly receive: "ReceiptGenerated";
    };
    readonly Cancelled: {
        readonly receive: "ReceiptGenerated";
    };
    readonly ReceiptGenerated: {
        readonly anchor: "ReceiptAnchored";
    };
    readonly ReceiptAnchored: {};
}>;
export type JobStatus = StateOf<typeof jobMachine>;
export declare const jobStatuses: readonly ("Announced" | "Assigned" | "AwaitingAssignmentConfirmation" | "AwaitingInputs" | "BiddingClosed" | "BiddingOpen" | "Cancelled" | "Completed" | "Failed" | "PendingAnnouncement" | "PreparingExecution" | "ProducingOutputs" | "ReceiptAnchored" | "ReceiptGenerated" | "Running")[];
/** The five that everybody else understands. */
export type StandardJobStatus = 'Pending' | 'Running' | 'CompletedSuccessfully' | 'Failed' | 'Cancelled';
/** How a job ended: what ReceiptGenerated and ReceiptAnchored stand for. */
export type JobOutcome = 'Completed' | 'Failed' | 'Cancelled';
/** JB2: total over all fifteen; the two receipt states carry the outcome they stand for. */
export declare function standardStatus(status: JobStatus, outcome: JobOutcome): StandardJobStatus;
