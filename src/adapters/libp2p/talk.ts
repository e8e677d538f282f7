import type { Connection } from '@libp2p/interface'

/** For so long after a request a connection counts as one that is talked over: a conversation's pause. */
const talkMs = 1_000
const talkedAt = new WeakMap<Connection, number>()

/** Notes that a request passed over the connection, in either direction. */
export const noteTalk = (connection: Connection): void => void talkedAt.set(connection, performance.now())

/** Whether somebody waits for answers over this connection: bulk then keeps its queue short. */
export const isTalkedOver = (connection: Connection): boolean =>
  performance.now() - (talkedAt.get(connection) ?? Number.NEGATIVE_INFINITY) < talkMs
