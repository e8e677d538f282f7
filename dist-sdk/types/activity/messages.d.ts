import { type Infer } from '../wire/schema.js';
/** A result travels in one frame of 8 MiB, with room for its names and its receipt. */
export declare const mostOutputBytes: number;
/** What is to be run, under which limits and for how much: written down before anybody is told. */
export declare const jobSpec: import("../valibot.js").StrictObjectSchema<{
    readonly name: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    readonly module: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").CheckAction<string, "expected a CIDv1 of SHA-256">, import("../valibot.js").TransformAction<string, import("../wire/cid.js").Cid>]>;
    readonly moduleSizeBytes: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly runtime: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    readonly limits: import("../valibot.js").StrictObjectSchema<{
        readonly memoryPages: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
        readonly timeoutMs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
        readonly outputBytes: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
        readonly fuel: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").UnionSchema<[import("../valibot.js").BigintSchema<undefined>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>]>], undefined>, import("../valibot.js").TransformAction<number | bigint, bigint>, import("../valibot.js").CheckAction<bigint, "expected an unsigned 64-bit integer">]>, undefined>;
    }, undefined>;
    readonly policy: import("../valibot.js").StrictObjectSchema<{
        /** Of the whole job. */
        readonly maxPrice: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").UnionSchema<[import("../valibot.js").BigintSchema<undefined>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>]>], undefined>, import("../valibot.js").TransformAction<number | bigint, bigint>, import("../valibot.js").CheckAction<bigint, "expected micro-credits from 0 to 2⁶³ − 1">, import("../valibot.js").TransformAction<bigint, import("../kernel/amount.js").Amount>]>;
        readonly minReputationPermille: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
        readonly regions: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, undefined>, import("../valibot.js").MaxLengthAction<string[], number, undefined>]>;
        readonly selection: import("../valibot.js").PicklistSchema<["lowest-price", "reputation", "hybrid"], undefined>;
        readonly copies: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
        /** Tabs that work on it at once: more than 64 cost more in talk than they bring. */
        readonly mostProviders: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
        readonly door: import("../valibot.js").PicklistSchema<["offers", "announcement"], undefined>;
    }, undefined>;
    readonly platform: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    readonly subnet: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    /** Also, or only, in this tab: visibly as own work. */
    readonly runHere: import("../valibot.js").BooleanSchema<undefined>;
}, undefined>;
export type JobSpec = Infer<typeof jobSpec>;
/** `job` is named before its module is hashed: the CID of its author and a nonce (JB0). */
export declare const JobSubmitted: import("../wire/event.js").EventKind<"activity/job-submitted", {
    job: string & {
        readonly '~brand': "Cid";
    };
    nonce: Uint8Array<ArrayBufferLike>;
    spec: {
        name: string;
        module: string & {
            readonly '~brand': "Cid";
        };
        moduleSizeBytes: number;
        runtime: string;
        limits: {
            memoryPages: number;
            timeoutMs: number;
            outputBytes: number;
            fuel?: bigint | undefined;
        };
        policy: {
            maxPrice: bigint & {
                readonly '~brand': "Amount";
            };
            minReputationPermille: number;
            regions: string[];
            selection: "hybrid" | "lowest-price" | "reputation";
            copies: number;
            mostProviders: number;
            door: "announcement" | "offers";
        };
        platform: string;
        subnet: string;
        runHere: boolean;
    };
}>;
/** The iterable of tasks came to its end, or was lost with the tab that held it. */
export declare const JobSealed: import("../wire/event.js").EventKind<"activity/job-sealed", {
    job: string & {
        readonly '~brand': "Cid";
    };
    taskCount: number;
    sourceLost: boolean;
}>;
export declare const JobEnded: import("../wire/event.js").EventKind<"activity/job-ended", {
    job: string & {
        readonly '~brand': "Cid";
    };
    status: "Announced" | "Assigned" | "AwaitingAssignmentConfirmation" | "AwaitingInputs" | "BiddingClosed" | "BiddingOpen" | "Cancelled" | "Completed" | "Failed" | "PendingAnnouncement" | "PreparingExecution" | "ProducingOutputs" | "ReceiptAnchored" | "ReceiptGenerated" | "Running";
    okCount: number;
    failedCount: number;
    reason: string;
}>;
/** One use of an agreement's reservation: consecutive ones, or parallel within it. */
export declare const ActivityCreated: import("../wire/event.js").EventKind<"activity/created", {
    to: string & {
        readonly '~brand': "Did";
    };
    agreement: string & {
        readonly '~brand': "Cid";
    };
    job: string & {
        readonly '~brand': "Cid";
    };
    module: string & {
        readonly '~brand': "Cid";
    };
    threads: number;
    limits: {
        memoryPages: number;
        timeoutMs: number;
        outputBytes: number;
        fuel?: bigint | undefined;
    };
}>;
export declare const activityEvents: readonly [import("../wire/event.js").EventKind<"activity/job-submitted", {
    job: string & {
        readonly '~brand': "Cid";
    };
    nonce: Uint8Array<ArrayBufferLike>;
    spec: {
        name: string;
        module: string & {
            readonly '~brand': "Cid";
        };
        moduleSizeBytes: number;
        runtime: string;
        limits: {
            memoryPages: number;
            timeoutMs: number;
            outputBytes: number;
            fuel?: bigint | undefined;
        };
        policy: {
            maxPrice: bigint & {
                readonly '~brand': "Amount";
            };
            minReputationPermille: number;
            regions: string[];
            selection: "hybrid" | "lowest-price" | "reputation";
            copies: number;
            mostProviders: number;
            door: "announcement" | "offers";
        };
        platform: string;
        subnet: string;
        runHere: boolean;
    };
}>, import("../wire/event.js").EventKind<"activity/job-sealed", {
    job: string & {
        readonly '~brand': "Cid";
    };
    taskCount: number;
    sourceLost: boolean;
}>, import("../wire/event.js").EventKind<"activity/job-ended", {
    job: string & {
        readonly '~brand': "Cid";
    };
    status: "Announced" | "Assigned" | "AwaitingAssignmentConfirmation" | "AwaitingInputs" | "BiddingClosed" | "BiddingOpen" | "Cancelled" | "Completed" | "Failed" | "PendingAnnouncement" | "PreparingExecution" | "ProducingOutputs" | "ReceiptAnchored" | "ReceiptGenerated" | "Running";
    okCount: number;
    failedCount: number;
    reason: string;
}>, import("../wire/event.js").EventKind<"activity/created", {
    to: string & {
        readonly '~brand': "Did";
    };
    agreement: string & {
        readonly '~brand': "Cid";
    };
    job: string & {
        readonly '~brand': "Cid";
    };
    module: string & {
        readonly '~brand': "Cid";
    };
    threads: number;
    limits: {
        memoryPages: number;
        timeoutMs: number;
        outputBytes: number;
        fuel?: bigint | undefined;
    };
}>];
/** The bulk: tasks one way, results the other. A frame carries many small tasks or one large. */
export declare const Tasks: import("../wire/protocol.js").StreamProtocol;
export declare const wireTask: import("../valibot.js").StrictObjectSchema<{
    readonly index: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly args: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, undefined>, import("../valibot.js").MaxLengthAction<string[], number, undefined>]>;
    readonly env: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").RecordSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, undefined>, import("../valibot.js").CheckAction<{
        [x: string]: string;
    }, `expected at most ${number} entries`>]>;
    readonly stdin: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").CustomSchema<Uint8Array<ArrayBufferLike>, import("../valibot.js").ErrorMessage<import("../valibot.js").CustomIssue> | undefined>, import("../valibot.js").MaxLengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>;
    readonly files: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").RecordSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").CustomSchema<Uint8Array<ArrayBufferLike>, import("../valibot.js").ErrorMessage<import("../valibot.js").CustomIssue> | undefined>, import("../valibot.js").MaxLengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>, undefined>, import("../valibot.js").CheckAction<{
        [x: string]: Uint8Array<ArrayBufferLike>;
    }, `expected at most ${number} entries`>]>;
}, undefined>;
export type WireTask = Infer<typeof wireTask>;
export declare const wireResult: import("../valibot.js").StrictObjectSchema<{
    readonly index: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly status: import("../valibot.js").PicklistSchema<["ok", "failed"], undefined>;
    readonly exitCode: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly stdout: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").CustomSchema<Uint8Array<ArrayBufferLike>, import("../valibot.js").ErrorMessage<import("../valibot.js").CustomIssue> | undefined>, import("../valibot.js").MaxLengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>;
    readonly stderr: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").CustomSchema<Uint8Array<ArrayBufferLike>, import("../valibot.js").ErrorMessage<import("../valibot.js").CustomIssue> | undefined>, import("../valibot.js").MaxLengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>;
    readonly files: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").RecordSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").CustomSchema<Uint8Array<ArrayBufferLike>, import("../valibot.js").ErrorMessage<import("../valibot.js").CustomIssue> | undefined>, import("../valibot.js").MaxLengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>, undefined>, import("../valibot.js").CheckAction<{
        [x: string]: Uint8Array<ArrayBufferLike>;
    }, `expected at most ${number} entries`>]>;
    readonly durationUs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly memoryBytes: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly error: import("../valibot.js").OptionalSchema<import("../valibot.js").StrictObjectSchema<{
        readonly code: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
        readonly message: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    }, undefined>, undefined>;
}, undefined>;
export type WireResult = Infer<typeof wireResult>;
/** Requestor to provider. The commands are Golem's: Deploy, Start, Run, Sign, Terminate; Transfer goes by content. */
export declare const requestorFrame: {
    /** `received`: receipts of this activity that the requestor has; `secret` salts the leaves and is never published. */
    readonly open: import("../valibot.js").StrictObjectSchema<{
        readonly type: import("../valibot.js").PicklistSchema<["open"], undefined>;
        readonly activity: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").CheckAction<string, "expected a CIDv1 of SHA-256">, import("../valibot.js").TransformAction<string, import("../wire/cid.js").Cid>]>;
        readonly received: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
        readonly secret: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").CustomSchema<Uint8Array<ArrayBufferLike>, import("../valibot.js").ErrorMessage<import("../valibot.js").CustomIssue> | undefined>, import("../valibot.js").LengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>;
    }, undefined>;
    readonly run: import("../valibot.js").StrictObjectSchema<{
        readonly type: import("../valibot.js").PicklistSchema<["run"], undefined>;
        readonly tasks: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").StrictObjectSchema<{
            readonly index: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
            readonly args: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, undefined>, import("../valibot.js").MaxLengthAction<string[], number, undefined>]>;
            readonly env: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").RecordSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, undefined>, import("../valibot.js").CheckAction<{
                [x: string]: string;
            }, `expected at most ${number} entries`>]>;
            readonly stdin: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").CustomSchema<Uint8Array<ArrayBufferLike>, import("../valibot.js").ErrorMessage<import("../valibot.js").CustomIssue> | undefined>, import("../valibot.js").MaxLengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>;
            readonly files: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").RecordSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").CustomSchema<Uint8Array<ArrayBufferLike>, import("../valibot.js").ErrorMessage<import("../valibot.js").CustomIssue> | undefined>, import("../valibot.js").MaxLengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>, undefined>, import("../valibot.js").CheckAction<{
                [x: string]: Uint8Array<ArrayBufferLike>;
            }, `expected at most ${number} entries`>]>;
        }, undefined>, undefined>, import("../valibot.js").MaxLengthAction<{
            index: number;
            args: string[];
            env: {
                [x: string]: string;
            };
            stdin: Uint8Array<ArrayBufferLike>;
            files: {
                [x: string]: Uint8Array<ArrayBufferLike>;
            };
        }[], number, undefined>]>;
    }, undefined>;
    readonly ack: import("../valibot.js").StrictObjectSchema<{
        readonly type: import("../valibot.js").PicklistSchema<["ack"], undefined>;
        readonly sequence: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    }, undefined>;
    readonly recall: import("../valibot.js").StrictObjectSchema<{
        readonly type: import("../valibot.js").PicklistSchema<["recall"], undefined>;
        readonly indexes: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>, undefined>, import("../valibot.js").MaxLengthAction<number[], number, undefined>]>;
    }, undefined>;
    readonly terminate: import("../valibot.js").StrictObjectSchema<{
        readonly type: import("../valibot.js").PicklistSchema<["terminate"], undefined>;
        readonly reason: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    }, undefined>;
};
/** Provider to requestor. */
export declare const providerFrame: {
    readonly state: import("../valibot.js").StrictObjectSchema<{
        readonly type: import("../valibot.js").PicklistSchema<["state"], undefined>;
        readonly state: import("../valibot.js").PicklistSchema<["Initialized", "Deployed", "Ready", "Terminated", "Unresponsive"], undefined>;
        readonly progressPermille: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
        readonly code: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly message: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, undefined>;
    }, undefined>;
    readonly results: import("../valibot.js").StrictObjectSchema<{
        readonly type: import("../valibot.js").PicklistSchema<["results"], undefined>;
        readonly results: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").StrictObjectSchema<{
            readonly index: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
            readonly status: import("../valibot.js").PicklistSchema<["ok", "failed"], undefined>;
            readonly exitCode: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
            readonly stdout: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").CustomSchema<Uint8Array<ArrayBufferLike>, import("../valibot.js").ErrorMessage<import("../valibot.js").CustomIssue> | undefined>, import("../valibot.js").MaxLengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>;
            readonly stderr: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").CustomSchema<Uint8Array<ArrayBufferLike>, import("../valibot.js").ErrorMessage<import("../valibot.js").CustomIssue> | undefined>, import("../valibot.js").MaxLengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>;
            readonly files: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").RecordSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").CustomSchema<Uint8Array<ArrayBufferLike>, import("../valibot.js").ErrorMessage<import("../valibot.js").CustomIssue> | undefined>, import("../valibot.js").MaxLengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>, undefined>, import("../valibot.js").CheckAction<{
                [x: string]: Uint8Array<ArrayBufferLike>;
            }, `expected at most ${number} entries`>]>;
            readonly durationUs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
            readonly memoryBytes: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
            readonly error: import("../valibot.js").OptionalSchema<import("../valibot.js").StrictObjectSchema<{
                readonly code: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
                readonly message: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
            }, undefined>, undefined>;
        }, undefined>, undefined>, import("../valibot.js").MaxLengthAction<{
            index: number;
            status: "failed" | "ok";
            exitCode: number;
            stdout: Uint8Array<ArrayBufferLike>;
            stderr: Uint8Array<ArrayBufferLike>;
            files: {
                [x: string]: Uint8Array<ArrayBufferLike>;
            };
            durationUs: number;
            memoryBytes: number;
            error?: {
                code: string;
                message: string;
            } | undefined;
        }[], number, undefined>]>;
        readonly receipt: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").CustomSchema<Uint8Array<ArrayBufferLike>, import("../valibot.js").ErrorMessage<import("../valibot.js").CustomIssue> | undefined>, import("../valibot.js").MaxLengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>;
    }, undefined>;
    readonly returned: import("../valibot.js").StrictObjectSchema<{
        readonly type: import("../valibot.js").PicklistSchema<["returned"], undefined>;
        readonly indexes: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>, undefined>, import("../valibot.js").MaxLengthAction<number[], number, undefined>]>;
        readonly code: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    }, undefined>;
};
