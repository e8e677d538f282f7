import type { Quota } from './event.js';
import type { Schema } from './schema.js';
/** Request and response between two nodes: one row, from which adapter, quota and documentation are made. */
export type Protocol<Req, Res> = {
    readonly id: `/tabmesh/${string}`;
    readonly request: Schema<Req>;
    readonly response: Schema<Res>;
    readonly maxRequestBytes: number;
    readonly maxResponseBytes: number;
    readonly timeoutMs: number;
    readonly perPeer: Quota;
};
export type RequestOf<P> = P extends Protocol<infer Req, unknown> ? Req : never;
export type ResponseOf<P> = P extends Protocol<unknown, infer Res> ? Res : never;
export type AnyProtocol = Protocol<any, any>;
/** Gossip: what is published to whoever listens. Quota and size are enforced before a byte is decoded. */
export type Topic<M> = {
    readonly id: `/tabmesh/${string}`;
    readonly message: Schema<M>;
    readonly maxBytes: number;
    readonly perPeer: Quota;
};
export type AnyTopic = Topic<any>;
/** A long conversation of frames between two nodes, opened under a grant; its bytes bypass the core. */
export type StreamProtocol = {
    readonly id: `/tabmesh/${string}`;
    readonly maxFrameBytes: number;
    /** Frames that may wait unread before the sender is held back. */
    readonly window: number;
};
/** What a topic's room says of a message: pass it on, drop it, or hold it against whoever sent it. */
export type Verdict = 'accept' | 'ignore' | 'reject';
export declare const protocol: <Req, Res>(id: Protocol<Req, Res>['id'], declared: Omit<Protocol<Req, Res>, 'id'>) => Protocol<Req, Res>;
export declare const topic: <M>(id: Topic<M>['id'], declared: Omit<Topic<M>, 'id'>) => Topic<M>;
export declare const streamProtocol: (id: StreamProtocol['id'], declared: Omit<StreamProtocol, 'id'>) => StreamProtocol;
