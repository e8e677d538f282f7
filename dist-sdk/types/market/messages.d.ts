import { type Infer } from '../wire/schema.js';
/** Why not, for people and for programs. `isFinal` false means that it may be worth asking again after `retryAfterMs`. */
export declare const reason: import("../valibot.js").StrictObjectSchema<{
    readonly code: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    readonly message: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    readonly isFinal: import("../valibot.js").BooleanSchema<undefined>;
    readonly retryAfterMs: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>, undefined>;
}, undefined>;
export type Reason = Infer<typeof reason>;
/** What a provider sells, to whom, until when. */
export declare const Offer: import("../wire/event.js").EventKind<"market/offer", {
    properties: Readonly<Record<string, import("./property.js").PropertyValue>>;
    constraints: string;
    expiresAt: number & {
        readonly '~brand': "Timestamp";
    };
}>;
/** Sold out, or the tab is closing: whoever still carries the offer drops it. */
export declare const OfferWithdrawn: import("../wire/event.js").EventKind<"market/offer-withdrawn", {
    offer: string & {
        readonly '~brand': "Cid";
    };
}>;
/** A manifest of a job, as far as whoever bids needs to know it: MeshJobParams and ZeroState's manifest in one. */
export declare const jobManifest: import("../valibot.js").StrictObjectSchema<{
    readonly name: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    readonly description: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    readonly formatVersion: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    readonly module: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").CheckAction<string, "expected a CIDv1 of SHA-256">, import("../valibot.js").TransformAction<string, import("../wire/cid.js").Cid>]>;
    readonly moduleSizeBytes: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly runtime: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    readonly entryPoint: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    readonly requiredCapabilities: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, undefined>, import("../valibot.js").MaxLengthAction<string[], number, undefined>]>;
    readonly inputs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").StrictObjectSchema<{
        readonly name: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
        readonly type: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
        readonly required: import("../valibot.js").BooleanSchema<undefined>;
        readonly description: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    }, undefined>, undefined>, import("../valibot.js").MaxLengthAction<{
        name: string;
        type: string;
        required: boolean;
        description: string;
    }[], number, undefined>]>;
    readonly outputs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").StrictObjectSchema<{
        readonly name: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
        readonly type: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
        readonly description: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    }, undefined>, undefined>, import("../valibot.js").MaxLengthAction<{
        name: string;
        type: string;
        description: string;
    }[], number, undefined>]>;
    readonly inputCids: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").CheckAction<string, "expected a CIDv1 of SHA-256">, import("../valibot.js").TransformAction<string, import("../wire/cid.js").Cid>]>, undefined>, import("../valibot.js").MaxLengthAction<import("../wire/cid.js").Cid[], number, undefined>]>;
    readonly expectedOutputSchemaCid: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").CheckAction<string, "expected a CIDv1 of SHA-256">, import("../valibot.js").TransformAction<string, import("../wire/cid.js").Cid>]>, undefined>;
    readonly taskCount: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>, undefined>;
    readonly memoryMb: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly stackKb: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>, undefined>;
    readonly timeoutMs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly outputBytes: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly maxFuel: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>, undefined>;
    readonly deadlineAt: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>, import("../valibot.js").TransformAction<number, import("../kernel/time.js").Timestamp>]>, undefined>;
    readonly workflow: import("../valibot.js").PicklistSchema<["single", "pipeline", "dag", "map-reduce"], undefined>;
    readonly isInteractive: import("../valibot.js").BooleanSchema<undefined>;
    readonly qos: import("../valibot.js").PicklistSchema<["best-effort", "low-latency", "cost-optimized", "guaranteed-completion"], undefined>;
    readonly sla: import("../valibot.js").OptionalSchema<import("../valibot.js").StrictObjectSchema<{
        readonly maxStartDelayMs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
        readonly maxFailurePermille: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
        readonly minUptimePermille: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    }, undefined>, undefined>;
    readonly regions: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, undefined>, import("../valibot.js").MaxLengthAction<string[], number, undefined>]>;
    readonly minReputationPermille: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly priceWeightPermille: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly reputationWeightPermille: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly selection: import("../valibot.js").PicklistSchema<["lowest-price", "reputation", "hybrid"], undefined>;
    readonly maxPrice: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").UnionSchema<[import("../valibot.js").BigintSchema<undefined>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>]>], undefined>, import("../valibot.js").TransformAction<number | bigint, bigint>, import("../valibot.js").CheckAction<bigint, "expected micro-credits from 0 to 2⁶³ − 1">, import("../valibot.js").TransformAction<bigint, import("../kernel/amount.js").Amount>]>;
    readonly pricePerSecond: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").UnionSchema<[import("../valibot.js").BigintSchema<undefined>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>]>], undefined>, import("../valibot.js").TransformAction<number | bigint, bigint>, import("../valibot.js").CheckAction<bigint, "expected micro-credits from 0 to 2⁶³ − 1">, import("../valibot.js").TransformAction<bigint, import("../kernel/amount.js").Amount>]>, undefined>;
    readonly pricePerMb: import("../valibot.js").OptionalSchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").UnionSchema<[import("../valibot.js").BigintSchema<undefined>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>]>], undefined>, import("../valibot.js").TransformAction<number | bigint, bigint>, import("../valibot.js").CheckAction<bigint, "expected micro-credits from 0 to 2⁶³ − 1">, import("../valibot.js").TransformAction<bigint, import("../kernel/amount.js").Amount>]>, undefined>;
    readonly redundancy: import("../valibot.js").StrictObjectSchema<{
        readonly copies: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
        readonly quorum: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    }, undefined>;
}, undefined>;
export type JobManifest = Infer<typeof jobManifest>;
/** The job-led door: a demand published with its manifest. Bidding ends at `closesAt` or with `enoughBids`. */
export declare const JobAnnounced: import("../wire/event.js").EventKind<"market/job-announced", {
    job: string & {
        readonly '~brand': "Cid";
    };
    manifest: {
        name: string;
        description: string;
        formatVersion: string;
        module: string & {
            readonly '~brand': "Cid";
        };
        moduleSizeBytes: number;
        runtime: string;
        entryPoint: string;
        requiredCapabilities: string[];
        inputs: {
            name: string;
            type: string;
            required: boolean;
            description: string;
        }[];
        outputs: {
            name: string;
            type: string;
            description: string;
        }[];
        inputCids: import("../wire/cid.js").Cid[];
        expectedOutputSchemaCid?: import("../wire/cid.js").Cid | undefined;
        taskCount?: number | undefined;
        memoryMb: number;
        stackKb?: number | undefined;
        timeoutMs: number;
        outputBytes: number;
        maxFuel?: number | undefined;
        deadlineAt?: import("../kernel/time.js").Timestamp | undefined;
        workflow: "dag" | "map-reduce" | "pipeline" | "single";
        isInteractive: boolean;
        qos: "best-effort" | "cost-optimized" | "guaranteed-completion" | "low-latency";
        sla?: {
            maxStartDelayMs: number;
            maxFailurePermille: number;
            minUptimePermille: number;
        } | undefined;
        regions: string[];
        minReputationPermille: number;
        priceWeightPermille: number;
        reputationWeightPermille: number;
        selection: "hybrid" | "lowest-price" | "reputation";
        maxPrice: bigint & {
            readonly '~brand': "Amount";
        };
        pricePerSecond?: import("../kernel/amount.js").Amount | undefined;
        pricePerMb?: import("../kernel/amount.js").Amount | undefined;
        redundancy: {
            copies: number;
            quorum: number;
        };
    };
    properties: Readonly<Record<string, import("./property.js").PropertyValue>>;
    constraints: string;
    closesAt: number & {
        readonly '~brand': "Timestamp";
    };
    enoughBids: number;
}>;
/** A cheap word before a bid: could do it, not yet bound. */
export declare const JobInterest: import("../wire/event.js").EventKind<"market/job-interest", {
    job: string & {
        readonly '~brand': "Cid";
    };
    to: string & {
        readonly '~brand': "Did";
    };
}>;
/**
 * One turn of a negotiation. The first of a thread has no `prev`; a bid is the provider's first answer to an announced job.
 * Terms are agreed when two consecutive proposals say the same.
 */
export declare const Proposal: import("../wire/event.js").EventKind<"market/proposal", {
    to: string & {
        readonly '~brand': "Did";
    };
    thread?: import("../wire/cid.js").Cid | undefined;
    offer?: import("../wire/cid.js").Cid | undefined;
    demand: string & {
        readonly '~brand': "Cid";
    };
    properties: Readonly<Record<string, import("./property.js").PropertyValue>>;
    constraints: string;
    expiresAt: number & {
        readonly '~brand': "Timestamp";
    };
}>;
export declare const ProposalRejected: import("../wire/event.js").EventKind<"market/proposal-rejected", {
    to: string & {
        readonly '~brand': "Did";
    };
    thread: string & {
        readonly '~brand': "Cid";
    };
    reason: {
        code: string;
        message: string;
        isFinal: boolean;
        retryAfterMs?: number | undefined;
    };
}>;
/** What both sign: self-contained, so that either can show it to anybody. Times in ms, money in micro-credits. */
export declare const terms: import("../valibot.js").StrictObjectSchema<{
    readonly runtime: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    readonly threads: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly memoryMb: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly platform: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>;
    /** Linear model: price of a usage vector is Σ usage·coefficient plus the last coefficient, once an activity. */
    readonly usageVector: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").StringSchema<undefined>, import("../valibot.js").MaxLengthAction<string, number, undefined>]>, undefined>, import("../valibot.js").MaxLengthAction<string[], number, undefined>]>;
    readonly coefficients: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").ArraySchema<import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").UnionSchema<[import("../valibot.js").BigintSchema<undefined>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>]>], undefined>, import("../valibot.js").TransformAction<number | bigint, bigint>, import("../valibot.js").CheckAction<bigint, "expected micro-credits from 0 to 2⁶³ − 1">, import("../valibot.js").TransformAction<bigint, import("../kernel/amount.js").Amount>]>, undefined>, import("../valibot.js").MaxLengthAction<import("../kernel/amount.js").Amount[], number, undefined>]>;
    readonly debitNoteIntervalMs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly acceptTimeoutMs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    readonly paymentTimeoutMs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    /** What may be computed beyond the last accepted debit note. */
    readonly creditLimit: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").UnionSchema<[import("../valibot.js").BigintSchema<undefined>, import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>]>], undefined>, import("../valibot.js").TransformAction<number | bigint, bigint>, import("../valibot.js").CheckAction<bigint, "expected micro-credits from 0 to 2⁶³ − 1">, import("../valibot.js").TransformAction<bigint, import("../kernel/amount.js").Amount>]>;
    readonly expiresAt: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>, import("../valibot.js").TransformAction<number, import("../kernel/time.js").Timestamp>]>;
    /** Silence after which the other side may end it, and within which a lost provider may take new tasks again. */
    readonly graceMs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
    /** No activity for this long ends it. */
    readonly idleMs: import("../valibot.js").SchemaWithPipe<readonly [import("../valibot.js").NumberSchema<undefined>, import("../valibot.js").SafeIntegerAction<number, undefined>, import("../valibot.js").MinValueAction<number, 0, undefined>, import("../valibot.js").MaxValueAction<number, number, undefined>]>;
}, undefined>;
export type Terms = Infer<typeof terms>;
export declare const AgreementProposed: import("../wire/event.js").EventKind<"market/agreement-proposed", {
    to: string & {
        readonly '~brand': "Did";
    };
    proposal: string & {
        readonly '~brand': "Cid";
    };
    demand: string & {
        readonly '~brand': "Cid";
    };
    offer?: import("../wire/cid.js").Cid | undefined;
    terms: {
        runtime: string;
        threads: number;
        memoryMb: number;
        platform: string;
        usageVector: string[];
        coefficients: import("../kernel/amount.js").Amount[];
        debitNoteIntervalMs: number;
        acceptTimeoutMs: number;
        paymentTimeoutMs: number;
        creditLimit: bigint & {
            readonly '~brand': "Amount";
        };
        expiresAt: number & {
            readonly '~brand': "Timestamp";
        };
        graceMs: number;
        idleMs: number;
    };
    approveUntil: number & {
        readonly '~brand': "Timestamp";
    };
}>;
export declare const AgreementApproved: import("../wire/event.js").EventKind<"market/agreement-approved", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
}>;
export declare const AgreementCommitted: import("../wire/event.js").EventKind<"market/agreement-committed", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
}>;
export declare const AgreementRejected: import("../wire/event.js").EventKind<"market/agreement-rejected", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
    reason: {
        code: string;
        message: string;
        isFinal: boolean;
        retryAfterMs?: number | undefined;
    };
}>;
export declare const AgreementCancelled: import("../wire/event.js").EventKind<"market/agreement-cancelled", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
    reason: {
        code: string;
        message: string;
        isFinal: boolean;
        retryAfterMs?: number | undefined;
    };
}>;
export declare const AgreementExpired: import("../wire/event.js").EventKind<"market/agreement-expired", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
}>;
export declare const AgreementTerminated: import("../wire/event.js").EventKind<"market/agreement-terminated", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
    reason: {
        code: string;
        message: string;
        isFinal: boolean;
        retryAfterMs?: number | undefined;
    };
}>;
export declare const marketEvents: readonly [import("../wire/event.js").EventKind<"market/offer", {
    properties: Readonly<Record<string, import("./property.js").PropertyValue>>;
    constraints: string;
    expiresAt: number & {
        readonly '~brand': "Timestamp";
    };
}>, import("../wire/event.js").EventKind<"market/offer-withdrawn", {
    offer: string & {
        readonly '~brand': "Cid";
    };
}>, import("../wire/event.js").EventKind<"market/job-announced", {
    job: string & {
        readonly '~brand': "Cid";
    };
    manifest: {
        name: string;
        description: string;
        formatVersion: string;
        module: string & {
            readonly '~brand': "Cid";
        };
        moduleSizeBytes: number;
        runtime: string;
        entryPoint: string;
        requiredCapabilities: string[];
        inputs: {
            name: string;
            type: string;
            required: boolean;
            description: string;
        }[];
        outputs: {
            name: string;
            type: string;
            description: string;
        }[];
        inputCids: import("../wire/cid.js").Cid[];
        expectedOutputSchemaCid?: import("../wire/cid.js").Cid | undefined;
        taskCount?: number | undefined;
        memoryMb: number;
        stackKb?: number | undefined;
        timeoutMs: number;
        outputBytes: number;
        maxFuel?: number | undefined;
        deadlineAt?: import("../kernel/time.js").Timestamp | undefined;
        workflow: "dag" | "map-reduce" | "pipeline" | "single";
        isInteractive: boolean;
        qos: "best-effort" | "cost-optimized" | "guaranteed-completion" | "low-latency";
        sla?: {
            maxStartDelayMs: number;
            maxFailurePermille: number;
            minUptimePermille: number;
        } | undefined;
        regions: string[];
        minReputationPermille: number;
        priceWeightPermille: number;
        reputationWeightPermille: number;
        selection: "hybrid" | "lowest-price" | "reputation";
        maxPrice: bigint & {
            readonly '~brand': "Amount";
        };
        pricePerSecond?: import("../kernel/amount.js").Amount | undefined;
        pricePerMb?: import("../kernel/amount.js").Amount | undefined;
        redundancy: {
            copies: number;
            quorum: number;
        };
    };
    properties: Readonly<Record<string, import("./property.js").PropertyValue>>;
    constraints: string;
    closesAt: number & {
        readonly '~brand': "Timestamp";
    };
    enoughBids: number;
}>, import("../wire/event.js").EventKind<"market/job-interest", {
    job: string & {
        readonly '~brand': "Cid";
    };
    to: string & {
        readonly '~brand': "Did";
    };
}>, import("../wire/event.js").EventKind<"market/proposal", {
    to: string & {
        readonly '~brand': "Did";
    };
    thread?: import("../wire/cid.js").Cid | undefined;
    offer?: import("../wire/cid.js").Cid | undefined;
    demand: string & {
        readonly '~brand': "Cid";
    };
    properties: Readonly<Record<string, import("./property.js").PropertyValue>>;
    constraints: string;
    expiresAt: number & {
        readonly '~brand': "Timestamp";
    };
}>, import("../wire/event.js").EventKind<"market/proposal-rejected", {
    to: string & {
        readonly '~brand': "Did";
    };
    thread: string & {
        readonly '~brand': "Cid";
    };
    reason: {
        code: string;
        message: string;
        isFinal: boolean;
        retryAfterMs?: number | undefined;
    };
}>, import("../wire/event.js").EventKind<"market/agreement-proposed", {
    to: string & {
        readonly '~brand': "Did";
    };
    proposal: string & {
        readonly '~brand': "Cid";
    };
    demand: string & {
        readonly '~brand': "Cid";
    };
    offer?: import("../wire/cid.js").Cid | undefined;
    terms: {
        runtime: string;
        threads: number;
        memoryMb: number;
        platform: string;
        usageVector: string[];
        coefficients: import("../kernel/amount.js").Amount[];
        debitNoteIntervalMs: number;
        acceptTimeoutMs: number;
        paymentTimeoutMs: number;
        creditLimit: bigint & {
            readonly '~brand': "Amount";
        };
        expiresAt: number & {
            readonly '~brand': "Timestamp";
        };
        graceMs: number;
        idleMs: number;
    };
    approveUntil: number & {
        readonly '~brand': "Timestamp";
    };
}>, import("../wire/event.js").EventKind<"market/agreement-approved", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
}>, import("../wire/event.js").EventKind<"market/agreement-committed", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
}>, import("../wire/event.js").EventKind<"market/agreement-rejected", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
    reason: {
        code: string;
        message: string;
        isFinal: boolean;
        retryAfterMs?: number | undefined;
    };
}>, import("../wire/event.js").EventKind<"market/agreement-cancelled", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
    reason: {
        code: string;
        message: string;
        isFinal: boolean;
        retryAfterMs?: number | undefined;
    };
}>, import("../wire/event.js").EventKind<"market/agreement-expired", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
}>, import("../wire/event.js").EventKind<"market/agreement-terminated", {
    agreement: string & {
        readonly '~brand': "Cid";
    };
    reason: {
        code: string;
        message: string;
        isFinal: boolean;
        retryAfterMs?: number | undefined;
    };
}>];
/** Gossip carries ids only (B3.4); whoever lacks one pulls it. */
export declare const OfferIds: import("../wire/protocol.js").Topic<{
    offers: import("../wire/cid.js").Cid[];
    withdrawn: Uint8Array<ArrayBufferLike>[];
}>;
export declare const Jobs: import("../wire/protocol.js").Topic<{
    announcement: Uint8Array<ArrayBufferLike>;
}>;
/** Pull by id, or with no ids everything that the neighbour has on sale itself or lately heard. */
export declare const PullOffers: import("../wire/protocol.js").Protocol<{
    ids: import("../wire/cid.js").Cid[];
}, {
    offers: Uint8Array<ArrayBufferLike>[];
}>;
