import { type EventOf, type StateOf } from '../kernel/machine.js';
import type { Timestamp } from '../kernel/time.js';
import type { Cid } from '../wire/cid.js';
import type { BodyOf, Verified } from '../wire/event.js';
import type { Did } from '../wire/schema.js';
import type { ActivityCreated } from './messages.js';
/** AV1: Golem's states of an activity. Unresponsive is left by hearing from it again. */
export declare const activityMachine: import("../kernel/machine.js").Machine<{
    readonly New: {
        readonly initialize: "Initialized";
        readonly terminate: "Terminated";
        readonly lose: "Unresponsive";
    };
    readonly Initialized: {
        readonly deploy: "Deployed";
        readonly terminate: "Terminated";
        readonly lose: "Unresponsive";
    };
    readonly Deployed: {
        readonly start: "Ready";
        readonly terminate: "Terminated";
        readonly lose: "Unresponsive";
    };
    readonly Ready: {
        readonly terminate: "Terminated";
        readonly lose: "Unresponsive";
    };
    readonly Unresponsive: {
        readonly initialize: "Initialized";
        readonly terminate: "Terminated";
    };
    readonly Terminated: {};
}>;
export type ActivityState = StateOf<typeof activityMachine>;
export type ActivityStep = EventOf<typeof activityMachine>;
/** One use of an agreement. Its states are told over the stream and are nobody's proof: receipts are. */
export type Activity = {
    /** CID of the event that created it. */
    readonly id: Cid;
    readonly agreement: Cid;
    readonly job: Cid;
    readonly module: Cid;
    readonly requestor: Did;
    readonly provider: Did;
    readonly threads: number;
    readonly limits: BodyOf<typeof ActivityCreated>['limits'];
    readonly state: ActivityState;
    readonly created: Verified<BodyOf<typeof ActivityCreated>>;
    /** Since when nothing was heard, while Unresponsive. */
    readonly lostAt?: Timestamp | undefined;
    /** Why it went no further: code and words of whoever found it. */
    readonly failure?: {
        readonly code: string;
        readonly message: string;
    } | undefined;
};
export declare function activityOf(created: Verified<BodyOf<typeof ActivityCreated>>): Activity;
export declare const isOpen: (activity: Activity) => boolean;
/** The activity after a step, or itself where the machine knows no such step from here. */
export declare function stepped(activity: Activity, step: ActivityStep, now: Timestamp): Activity;
