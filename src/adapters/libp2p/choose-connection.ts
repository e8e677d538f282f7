import { compareStrings } from '../../kernel/bytes.ts'
import type { Via } from '../network.port.ts'

/** What tells two connections to one peer apart. */
export type Candidate = { readonly via: Via; readonly initiator: string; readonly openedAt: number }

/**
 * Which of several living connections to one peer is used. Both sides come to the same answer without a word: a direct one
 * before a relayed one; of two that both sides opened at once, that of the smaller PeerId; of two from one side, the newer.
 */
export function chooseConnection<C extends Candidate>(candidates: readonly C[]): C | undefined {
  return [...candidates].sort(
    (a, b) =>
      Number(a.via === 'relay') - Number(b.via === 'relay') ||
      compareStrings(a.initiator, b.initiator) ||
      b.openedAt - a.openedAt,
  )[0]
}
