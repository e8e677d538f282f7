import * as v from '../valibot.js';
import { type Amount } from '../kernel/amount.js';
import type { Brand } from '../kernel/brand.js';
import { type Result } from '../kernel/result.js';
import type { Timestamp } from '../kernel/time.js';
import { type Cid } from './cid.js';
/** A decentralised identifier of the method `key`: see identity/did.ts. */
export type Did = Brand<string, 'Did'>;
/** A libp2p peer id in base58: the same key as the Did, in the words of the transport. */
export type PeerId = Brand<string, 'PeerId'>;
export type Schema<T> = v.GenericSchema<unknown, T>;
export type Infer<S> = S extends v.GenericSchema<unknown, infer T> ? T : never;
export declare const text: (most: number) => v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
export declare const bytes: (most: number) => v.SchemaWithPipe<readonly [v.CustomSchema<Uint8Array<ArrayBufferLike>, v.ErrorMessage<v.CustomIssue> | undefined>, v.MaxLengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>;
export declare const exactBytes: (length: number) => v.SchemaWithPipe<readonly [v.CustomSchema<Uint8Array<ArrayBufferLike>, v.ErrorMessage<v.CustomIssue> | undefined>, v.LengthAction<Uint8Array<ArrayBufferLike>, number, undefined>]>;
export declare const count: (most: number) => v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, number, undefined>]>;
export declare const list: <S extends v.GenericSchema>(item: S, most: number) => v.SchemaWithPipe<readonly [v.ArraySchema<S, undefined>, v.MaxLengthAction<v.InferOutput<S>[], number, undefined>]>;
export declare const object: typeof v.strictObject;
export declare const optional: typeof v.optional;
export declare const oneOf: typeof v.picklist;
export declare const flag: typeof v.boolean;
/** A map with text keys. @param most entries */
export declare const record: <S extends v.GenericSchema>(keyLength: number, item: S, most: number) => v.SchemaWithPipe<readonly [v.RecordSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, S, undefined>, v.CheckAction<(S extends {
    readonly pipe: readonly unknown[];
} ? v.ReadonlyAction<any> extends S["pipe"][number] ? Readonly<{
    [x: string]: unknown;
} & Omit<Record<string, v.InferOutput<S>>, never> & Partial<Pick<Record<string, v.InferOutput<S>>, never>>> : {
    [x: string]: unknown;
} & Omit<Record<string, v.InferOutput<S>>, never> & Partial<Pick<Record<string, v.InferOutput<S>>, never>> : {
    [x: string]: unknown;
} & Omit<Record<string, v.InferOutput<S>>, never> & Partial<Pick<Record<string, v.InferOutput<S>>, never>>) extends infer T ? { [TKey in keyof T]: T[TKey]; } : never, `expected at most ${number} entries`>]>;
/** Base58 Ed25519 keys are 56 characters; the rest is checked where the key is read. */
export declare const did: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, Did>]>;
export declare const peerId: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.TransformAction<string, PeerId>]>;
export declare const cid: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.CheckAction<string, "expected a CIDv1 of SHA-256">, v.TransformAction<string, Cid>]>;
/** 2⁴⁸ ms is the year 10889. */
export declare const moment: v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, number, undefined>]>, v.TransformAction<number, Timestamp>]>;
/** DAG-CBOR gives a small integer as number and a large one as bigint: here both become bigint. */
export declare const amount: v.SchemaWithPipe<readonly [v.UnionSchema<[v.BigintSchema<undefined>, v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>]>], undefined>, v.TransformAction<number | bigint, bigint>, v.CheckAction<bigint, "expected micro-credits from 0 to 2⁶³ − 1">, v.TransformAction<bigint, Amount>]>;
/** A counter that may pass 2⁵³, fuel for instance. */
export declare const bigCount: v.SchemaWithPipe<readonly [v.UnionSchema<[v.BigintSchema<undefined>, v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.SafeIntegerAction<number, undefined>]>], undefined>, v.TransformAction<number | bigint, bigint>, v.CheckAction<bigint, "expected an unsigned 64-bit integer">]>;
/** Checks a decoded value against its schema; the refusal names the path of the first field that is wrong. */
export declare function check<T>(schema: Schema<T>, value: unknown): Result<T, 'malformed'>;
