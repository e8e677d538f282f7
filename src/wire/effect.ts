import type { Timestamp } from '../kernel/time.ts'
import type { Cid } from './cid.ts'
import type { AnyEventKind, Verified } from './event.ts'
import type { AnyBody } from './gate.ts'
import type { AnyProtocol, AnyTopic } from './protocol.ts'
import type { Did } from './schema.ts'

/** A fact that a room owes the world: the node names it, folds it and persists it before anything else of the step leaves. */
export type Statement = {
  readonly type: 'state'
  readonly kind: AnyEventKind
  readonly fields: Readonly<Record<string, unknown>>
  readonly prev?: Cid | undefined
}

/** What a room wants done. Asking twice is the same as asking once: every one is keyed. */
export type Owed =
  | Statement
  /** Bring this event to a counterparty until it is taken, refused, or `until` is past. Key: the event's id. */
  | { readonly type: 'deliver'; readonly to: Did; readonly event: Verified<AnyBody>; readonly until: Timestamp }
  | { readonly type: 'publish'; readonly topic: AnyTopic; readonly message: unknown }
  /** Ask once; the answer or its absence comes back as an input under `key`. */
  | {
      readonly type: 'request'
      readonly to: Did
      readonly protocol: AnyProtocol
      readonly body: unknown
      readonly key: string
    }
  /** Step the aggregate behind `key` again at `at`. A later call with the same key moves it. */
  | { readonly type: 'wake'; readonly key: string; readonly at: Timestamp }
  /** Hold the bulk: open, serve or close a stream of tasks under the agreement. */
  | { readonly type: 'openActivity'; readonly agreement: Cid; readonly activity: Cid }
  | { readonly type: 'closeActivity'; readonly activity: Cid; readonly reason: string }
  /** Keep a receipt where others can find it. */
  | { readonly type: 'anchor'; readonly event: Verified<AnyBody> }

/** States a fact with its fields checked by the kind's own type. */
export const state = <Fields>(
  kind: { readonly type: string; author(head: never, fields: Fields): unknown },
  fields: Fields,
  prev?: Cid,
): Statement => ({
  type: 'state',
  kind: kind as unknown as AnyEventKind,
  fields: fields as Record<string, unknown>,
  prev,
})
