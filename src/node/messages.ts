import { minuteMs, secondMs } from '../kernel/time.ts'
import { protocol } from '../wire/protocol.ts'
import { bytes, cid, did, list, object, optional, text } from '../wire/schema.ts'

/** Two-party events, brought until each is taken or refused. The one way in for what a peer states to us. */
export const Deliver = protocol('/tabmesh/node/deliver/1', {
  request: object({ to: did, events: list(bytes(20_480), 16) }),
  response: object({ verdicts: list(object({ id: cid, refused: optional(text(64)) }), 16) }),
  maxRequestBytes: 16 * 20_480 + 1_024,
  maxResponseBytes: 4_096,
  timeoutMs: 5 * secondMs,
  perPeer: { count: 1_200, windowMs: minuteMs }, // twenty calls a second: a busy pair states a few events a second
})

/** What did you last hear of these? Asked after a start, so that a lost tail never looks like fraud. */
export const CatchUp = protocol('/tabmesh/node/catch-up/1', {
  request: object({ to: did, agreements: list(cid, 64) }),
  response: object({ events: list(bytes(20_480), 64) }),
  maxRequestBytes: 8_192,
  maxResponseBytes: 64 * 20_480,
  timeoutMs: 5 * secondMs,
  perPeer: { count: 60, windowMs: minuteMs },
})
