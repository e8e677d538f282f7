import { type BodyOf } from '../wire/event.js';
import { type Infer } from '../wire/schema.js';
/** The rest of the largest receipt leaves room for so many CIDs of 61 bytes; more outputs go into one manifest. */
export declare const mostOutputCids = 40;
/** What an activity used up to the end of a frame: cumulative, memory and storage as high-water marks. */
export declare const usage: import("../valibot.js").StrictObjectSchema<{
    readonly durationUs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly cpuUs: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>, undefined>;
    readonly memoryBytes: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly storageBytes: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly bytesIn: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly bytesOut: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly fuel: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").UnionSchema<[import("../valibot.js").BigintSchema<undefined>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>]>], undefined>, import("../valibot.js").TransformAction<number | bigint, bigint>, import("../valibot.js").CheckAction<bigint, "expected an unsigned 64-bit integer">]>, undefined>;
    /** Calls into the host, in units of the host's own table of costs. */
    readonly hostUnits: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").UnionSchema<[import("../valibot.js").BigintSchema<undefined>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>]>], undefined>, import("../valibot.js").TransformAction<number | bigint, bigint>, import("../valibot.js").CheckAction<bigint, "expected an unsigned 64-bit integer">]>, undefined>;
}, undefined>;
export type Usage = Infer<typeof usage>;
export declare const standardStatuses: readonly ['Pending', 'Running', 'CompletedSuccessfully', 'Failed', 'Cancelled'];
/** One frame of results, signed by whoever computed it. `prev` names the receipt before it; sequence 0 has none. */
export declare const ExecutionReceipt: import("../wire/event.js").EventKind<"receipts/execution", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
    activity: string & {
        readonly '~brand': "Cid";
    };
    job: string & {
        readonly '~brand': "Cid";
    };
    module: string & {
        readonly '~brand': "Cid";
    };
    requestor: string & {
        readonly '~brand': "Did";
    };
    sequence: number;
    isFinal: boolean;
    outcome: "Cancelled" | "CompletedSuccessfully" | "Failed" | "Pending" | "Running";
    fineStatus?: ("Announced" | "Assigned" | "AwaitingAssignmentConfirmation" | "AwaitingInputs" | "BiddingClosed" | "BiddingOpen" | "Cancelled" | "Completed" | "Failed" | "PendingAnnouncement" | "PreparingExecution" | "ProducingOutputs" | "ReceiptAnchored" | "ReceiptGenerated" | "Running") | undefined;
    taskCount: number;
    okCount: number;
    failedCount: number;
    root: Uint8Array<ArrayBufferLike>;
    outputCids: import("../wire/cid.js").Cid[];
    logsCid?: import("../wire/cid.js").Cid | undefined;
    usage: {
        durationUs: number;
        cpuUs?: number | undefined;
        memoryBytes: number;
        storageBytes: number;
        bytesIn: number;
        bytesOut: number;
        fuel?: bigint | undefined;
        hostUnits?: bigint | undefined;
    };
    cost: bigint & {
        readonly '~brand': "Amount";
    };
    startedAt: number & {
        readonly '~brand': "Timestamp";
    };
    endedAt: number & {
        readonly '~brand': "Timestamp";
    };
}>;
export type ReceiptBody = BodyOf<typeof ExecutionReceipt>;
export declare const receiptEvents: readonly [import("../wire/event.js").EventKind<"receipts/execution", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
    activity: string & {
        readonly '~brand': "Cid";
    };
    job: string & {
        readonly '~brand': "Cid";
    };
    module: string & {
        readonly '~brand': "Cid";
    };
    requestor: string & {
        readonly '~brand': "Did";
    };
    sequence: number;
    isFinal: boolean;
    outcome: "Cancelled" | "CompletedSuccessfully" | "Failed" | "Pending" | "Running";
    fineStatus?: ("Announced" | "Assigned" | "AwaitingAssignmentConfirmation" | "AwaitingInputs" | "BiddingClosed" | "BiddingOpen" | "Cancelled" | "Completed" | "Failed" | "PendingAnnouncement" | "PreparingExecution" | "ProducingOutputs" | "ReceiptAnchored" | "ReceiptGenerated" | "Running") | undefined;
    taskCount: number;
    okCount: number;
    failedCount: number;
    root: Uint8Array<ArrayBufferLike>;
    outputCids: import("../wire/cid.js").Cid[];
    logsCid?: import("../wire/cid.js").Cid | undefined;
    usage: {
        durationUs: number;
        cpuUs?: number | undefined;
        memoryBytes: number;
        storageBytes: number;
        bytesIn: number;
        bytesOut: number;
        fuel?: bigint | undefined;
        hostUnits?: bigint | undefined;
    };
    cost: bigint & {
        readonly '~brand': "Amount";
    };
    startedAt: number & {
        readonly '~brand': "Timestamp";
    };
    endedAt: number & {
        readonly '~brand': "Timestamp";
    };
}>];
/** Told of an activity's last receipt only: whoever wants the earlier ones follows `prev`. */
export declare const ReceiptsAvailable: import("../wire/protocol.js").Topic<{
    job: string & {
        readonly '~brand': "Cid";
    };
    receipt: string & {
        readonly '~brand': "Cid";
    };
    executor: string & {
        readonly '~brand': "Did";
    };
}>;
export type ReceiptAvailable = Infer<typeof ReceiptsAvailable.message>;
/** Sealed receipts by id, straight from a peer, when the DHT has none. What the peer does not hold is left out. */
export declare const PullReceipts: import("../wire/protocol.js").Protocol<{
    ids: import("../wire/cid.js").Cid[];
}, {
    receipts: Uint8Array<ArrayBufferLike>[];
}>;
