import type { Connection } from '@libp2p/interface'

/** Two words within so long are a conversation: the pause in one. */
const talkMs = 1_000
/** When the last two words passed. */
const words = new WeakMap<Connection, readonly [number, number]>()

/** Notes that a word which somebody waits for, a request or a ping, passed over the connection, in either direction. */
export function noteTalk(connection: Connection): void {
  const [, last] = words.get(connection) ?? never
  words.set(connection, [last, performance.now()])
}

/** Whether somebody waits for answers over this connection: bulk then keeps its queue short. A ping now and then is no talk. */
export function isTalkedOver(connection: Connection): boolean {
  const [before, last] = words.get(connection) ?? never
  return performance.now() - last < talkMs && last - before < talkMs
}

const never = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY] as const
