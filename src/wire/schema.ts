import * as v from 'valibot'
import { type Amount, isAmount } from '../kernel/amount.ts'
import type { Brand } from '../kernel/brand.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import { type Cid, isCid } from './cid.ts'

/** A decentralised identifier of the method `key`: see identity/did.ts. */
export type Did = Brand<string, 'Did'>
/** A libp2p peer id in base58: the same key as the Did, in the words of the transport. */
export type PeerId = Brand<string, 'PeerId'>

export type Schema<T> = v.GenericSchema<unknown, T>
export type Infer<S> = S extends v.GenericSchema<unknown, infer T> ? T : never

// Every field has a bound. The bounds of single fields stand here, those of messages beside the message.

export const text = (most: number) => v.pipe(v.string(), v.maxLength(most))
const anyBytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes')
export const bytes = (most: number) => v.pipe(anyBytes, v.maxLength(most))
export const exactBytes = (length: number) => v.pipe(anyBytes, v.length(length))
export const count = (most: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(most))
export const list = <S extends v.GenericSchema>(item: S, most: number) => v.pipe(v.array(item), v.maxLength(most))
export const object = v.strictObject
export const optional = v.optional
export const oneOf = v.picklist
export const flag = v.boolean

/** A map with text keys. @param most entries */
export const record = <S extends v.GenericSchema>(keyLength: number, item: S, most: number) =>
  v.pipe(
    v.record(text(keyLength), item),
    v.check((value) => Object.keys(value).length <= most, `expected at most ${most} entries`),
  )

/** Base58 Ed25519 keys are 56 characters; the rest is checked where the key is read. */
export const did = v.pipe(
  v.string(),
  v.regex(/^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/),
  v.transform((value) => value as Did),
)
export const peerId = v.pipe(
  v.string(),
  v.regex(/^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/),
  v.transform((value) => value as PeerId),
)
export const cid = v.pipe(
  v.string(),
  v.check(isCid, 'expected a CIDv1 of SHA-256'),
  v.transform((value) => value as Cid),
)
/** 2⁴⁸ ms is the year 10889. */
export const moment = v.pipe(
  count(2 ** 48),
  v.transform((value) => value as Timestamp),
)
/** DAG-CBOR gives a small integer as number and a large one as bigint: here both become bigint. */
export const amount = v.pipe(
  v.union([v.bigint(), v.pipe(v.number(), v.safeInteger())]),
  v.transform((value) => BigInt(value)),
  v.check(isAmount, 'expected micro-credits from 0 to 2⁶³ − 1'),
  v.transform((value) => value as Amount),
)
/** A counter that may pass 2⁵³, fuel for instance. */
export const bigCount = v.pipe(
  v.union([v.bigint(), v.pipe(v.number(), v.safeInteger())]),
  v.transform((value) => BigInt(value)),
  v.check((value) => value >= 0n && value < 2n ** 64n, 'expected an unsigned 64-bit integer'),
)

/** Checks a decoded value against its schema; the refusal names the path of the first field that is wrong. */
export function check<T>(schema: Schema<T>, value: unknown): Result<T, 'malformed'> {
  const outcome = v.safeParse(schema, value, { abortEarly: true })
  if (outcome.success) return ok(outcome.output)
  const [wrong] = outcome.issues
  return refuse('malformed', { path: v.getDotPath(wrong) ?? '', reason: wrong.message.slice(0, 160) })
}
