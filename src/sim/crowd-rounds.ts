import { sha256 } from '@noble/hashes/sha2.js'
import type { Schedule } from '../activity/schedule.ts'
import { commitOf } from '../receipts/commit.ts'
import { createRounds, type RoundRefusal } from '../receipts/rounds.ts'
import type { Cid } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { Did } from '../wire/schema.ts'

type Member = { readonly did: Did; readonly activity: Cid }
/** Whose set is closed: what it had committed to may be shown now. */
export type ToShow = { readonly activity: Cid; readonly index: number; readonly digest: string }

/** CO1–CO4 as the requestor's plane keeps them, with real commits; only signatures and the network between are left out. */
export function createCrowdRounds({ awaitsCopy, committed }: Schedule, patienceMs: number) {
  const rounds = createRounds(patienceMs, awaitsCopy)
  const kept = new Map<string, { readonly digest: string; readonly salt: Uint8Array }>()
  let salts = 0

  const keyOf = (activity: Cid, index: number): string => `${index} ${activity}`
  const boundTo = ({ did: provider, activity }: Member, index: number, digest: string, salt: Uint8Array) => ({
    agreement: activity,
    activity,
    provider,
    index,
    salt,
    result: sha256(encode(digest)),
  })

  return {
    asked: rounds.asked,
    /** It will show nothing of this task. */
    over(index: number, activity: Cid): void {
      kept.delete(keyOf(activity, index))
      rounds.over(index, activity)
    },
    commit(member: Member, told: { index: number; digest: string; now: number }): RoundRefusal | undefined {
      const { index, digest, now } = told
      salts += 1
      const salt = new Uint8Array(32)
      new DataView(salt.buffer).setUint32(0, salts)
      const refusal = rounds.committed(index, member.activity, commitOf(boundTo(member, index, digest, salt)), now)
      if (refusal) return refusal
      kept.set(keyOf(member.activity, index), { digest, salt })
      committed(member.activity, index)
      return undefined
    },
    close: (now: number, among?: Iterable<number>): readonly ToShow[] =>
      rounds.close(now, among).flatMap(({ index, to }) =>
        to.flatMap((activity) => {
          const known = kept.get(keyOf(activity, index))
          return known ? [{ activity, index, digest: known.digest }] : []
        }),
      ),
    /** CO4: why what is shown counts for nobody. */
    shown(member: Member, index: number, digest: string): RoundRefusal | undefined {
      const { salt = new Uint8Array(32) } = kept.get(keyOf(member.activity, index)) ?? {}
      const refusal = rounds.revealed(boundTo(member, index, digest, salt))
      this.over(index, member.activity)
      return refusal
    },
    waiting: rounds.waiting,
    ended: rounds.ended,
  }
}
