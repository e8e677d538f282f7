import * as dagCbor from '@ipld/dag-cbor'
import { equalBytes } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'

/** What DAG-CBOR carries here: no floats, no undefined, no links (an id travels as text, see docs/decisions/003). */
export type Wire =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Wire[]
  | { readonly [key: string]: Wire | undefined }

/** Canonical DAG-CBOR: one value has one encoding, so that its hash is its name. A field that is undefined is left out. */
export const encode = (value: unknown): Uint8Array<ArrayBuffer> =>
  dagCbor.encode(defined(value)) as Uint8Array<ArrayBuffer>

/**
 * Decodes canonical DAG-CBOR and nothing else: longer spellings of an equal value, trailing bytes, floats that are whole
 * numbers and unordered keys are refused, for they would give one value two names.
 */
export function decode(bytes: Uint8Array): Result<unknown, 'malformed'> {
  try {
    const value: unknown = dagCbor.decode(bytes)
    return equalBytes(dagCbor.encode(value), bytes) ? ok(value) : refuse('malformed', { reason: 'not canonical' })
  } catch (error) {
    return refuse('malformed', { reason: error instanceof Error ? error.message.slice(0, 120) : 'undecodable' })
  }
}

/** Decodes what is not named by its hash, a frame of tasks for instance: any spelling will do, and no second copy is made. */
export function decodeFrame(bytes: Uint8Array): Result<unknown, 'malformed'> {
  try {
    return ok(dagCbor.decode(bytes) as unknown)
  } catch (error) {
    return refuse('malformed', { reason: error instanceof Error ? error.message.slice(0, 120) : 'undecodable' })
  }
}

const isLeaf = (value: unknown): boolean => typeof value !== 'object' || value === null || value instanceof Uint8Array

/** The value itself wherever nothing of it is undefined: most of what is encoded need not be copied first. */
function defined(value: unknown): unknown {
  if (isLeaf(value) || !hasUndefined(value as object)) return value
  if (Array.isArray(value)) return value.map(defined)
  const entries = Object.entries(value as object)
  return Object.fromEntries(
    entries.filter(([, field]) => field !== undefined).map(([key, field]) => [key, defined(field)]),
  )
}

function hasUndefined(value: object): boolean {
  if (Array.isArray(value)) return value.some((item) => !isLeaf(item) && hasUndefined(item as object))
  const fields = value as Readonly<Record<string, unknown>>
  for (const key of Object.keys(fields)) {
    const field = fields[key]
    if (field === undefined || (!isLeaf(field) && hasUndefined(field as object))) return true
  }
  return false
}
