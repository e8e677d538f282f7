import * as v from '../valibot.js';
import type { Brand } from '../kernel/brand.js';
import type { Timestamp } from '../kernel/time.js';
import { type Cid } from './cid.js';
import { type Did, type Schema } from './schema.js';
/** At most `count` of these from one peer within `windowMs`; what is over is dropped and counted. */
export type Quota = {
    readonly count: number;
    readonly windowMs: number;
};
export type Head<Type extends string> = {
    readonly type: Type;
    readonly version: number;
    readonly author: Did;
    readonly issuedAt: Timestamp;
    /** The event this one answers or follows: what two parties say to one another is a chain. */
    readonly prev?: Cid | undefined;
};
export type Body<Type extends string, Fields> = Head<Type> & Readonly<Fields>;
/** An event that passed the gate, or that this node itself decided. `evolve` takes nothing else. */
export type Verified<B> = Brand<Stated<B>, 'Verified'>;
export type Stated<B> = {
    readonly id: Cid;
    readonly body: B;
    /** Canonical encoding of the body: what the id names and the signature is over. */
    readonly bytes: Uint8Array<ArrayBuffer>;
    /** 64 bytes; absent on an own event, which the shell signs when it leaves. */
    readonly signature?: Uint8Array<ArrayBuffer>;
};
/** One kind of event: everything that is to be known of it stands in this value. */
export type EventKind<Type extends string, Fields> = {
    readonly type: Type;
    readonly version: number;
    readonly maxBytes: number;
    readonly perPeer: Quota;
    readonly body: Schema<Body<Type, Fields>>;
    /** States a fact of our own: encodes it and names it. The signature is added by the shell before it leaves. */
    author(head: {
        author: Did;
        issuedAt: Timestamp;
        prev?: Cid | undefined;
    }, fields: Fields): Verified<Body<Type, Fields>>;
};
export type BodyOf<K> = K extends EventKind<infer Type, infer Fields> ? Body<Type, Fields> : never;
export type FieldsOf<K> = K extends EventKind<string, infer Fields> ? Fields : never;
export type AnyEventKind = EventKind<string, any>;
type Declared = {
    version: number;
    maxBytes: number;
    perPeer: Quota;
};
/**
 * Declares a kind of event.
 * @param type `room/noun-in-past-tense`, also the domain separation of its signature
 * @param declared.maxBytes of the encoded body
 */
export declare function event<const Type extends string, Fields extends v.ObjectEntries>(type: Type, { version, maxBytes, perPeer, fields }: Declared & {
    fields: Fields;
}): EventKind<Type, v.InferOutput<v.StrictObjectSchema<Fields, undefined>>>;
export {};
