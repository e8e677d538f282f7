import { type EventOf, type StateOf } from '../kernel/machine.js';
import { type Result } from '../kernel/result.js';
import type { Timestamp } from '../kernel/time.js';
import type { Cid } from '../wire/cid.js';
import type { BodyOf, Verified } from '../wire/event.js';
import type { Did } from '../wire/schema.js';
import type { AgreementApproved, AgreementCancelled, AgreementCommitted, AgreementExpired, AgreementProposed, AgreementRejected, AgreementTerminated, Reason, Terms } from './messages.js';
import { type AgreementRefusal } from './rules.js';
/** AG1: the states of an agreement and what leads from one to the next. Three signatures lead to `approved`. */
export declare const agreementMachine: import("../kernel/machine.js").Machine<{
    readonly proposal: {
        readonly send: "pending";
        readonly cancel: "cancelled";
        readonly expire: "expired";
    };
    readonly pending: {
        readonly approve: "approving";
        readonly reject: "rejected";
        readonly cancel: "cancelled";
        readonly expire: "expired";
    };
    readonly approving: {
        readonly commit: "approved";
        readonly revert: "pending";
        readonly cancel: "cancelled";
        readonly expire: "expired";
    };
    readonly approved: {
        readonly terminate: "terminated";
    };
    readonly rejected: {};
    readonly cancelled: {};
    readonly expired: {};
    readonly terminated: {};
}>;
export type AgreementState = StateOf<typeof agreementMachine>;
export type AgreementStep = EventOf<typeof agreementMachine>;
export type AgreementBody = BodyOf<typeof AgreementProposed | typeof AgreementApproved | typeof AgreementCommitted | typeof AgreementRejected | typeof AgreementCancelled | typeof AgreementExpired | typeof AgreementTerminated>;
/** One reservation of a provider's resources for a requestor, and how it stands. Immutable: replaced whole. */
export type Agreement = {
    /** CID of the event that proposed it. */
    readonly id: Cid;
    readonly state: AgreementState;
    readonly requestor: Did;
    readonly provider: Did;
    readonly terms: Terms;
    readonly demand: Cid;
    readonly offer?: Cid | undefined;
    readonly proposal: Cid;
    readonly approveUntil: Timestamp;
    /** The newest event of its chain; the next one names it. */
    readonly latest: Verified<AgreementBody>;
    readonly approvedAt?: Timestamp | undefined;
    /** Who ended it, and why. */
    readonly ended?: {
        readonly by: Did;
        readonly at: Timestamp;
        readonly reason?: Reason | undefined;
    } | undefined;
};
/** Which step of the machine an event is. */
export declare const stepOf: Record<AgreementBody['type'], AgreementStep>;
/**
 * Folds one event of an agreement; a refused event changes nothing.
 * @param agreement undefined before the event that proposes it
 */
export declare function evolveAgreement(agreement: Agreement | undefined, event: Verified<AgreementBody>): Result<Agreement, AgreementRefusal>;
export declare const isLive: (agreement: Agreement) => boolean;
/** The other party, as seen by `me`. */
export declare const counterpartyOf: (agreement: Agreement, me: Did) => Did;
