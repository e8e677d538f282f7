import { sha256 } from '@noble/hashes/sha2.js'
import { setBounded } from '../kernel/bound.ts'

/** Twice as many as a job may have tasks, and more: those of an activity are spread over all of it. */
export const mostNumbers = 2 ** 26
const halfBits = 13
const halfMask = 2 ** halfBits - 1
/** Two more than make a permutation of good functions look like any other (Luby and Rackoff, 1988). */
const rounds = 6
/** Twice what a provider has at once. */
const mostGiven = 1_024

/** What a number stands for: a task, or the same given to somebody although its answer is known. */
export type Numbered = { readonly index: number; readonly isKnown: boolean }

/**
 * KN1: the numbers under which an activity's tasks travel: a permutation that only who has the key can tell from any other, so that a number
 * says nothing, and after a reload stands for the same task.
 * @param key 32 bytes, the requestor's own for this activity
 */
export function createNumbers(key: Uint8Array) {
  /** What was given lately, and comes back soon. */
  const given = new Map<number, Numbered>()
  const message = new Uint8Array(key.length + 3)
  message.set(key)

  function mixed(round: number, half: number): number {
    message[key.length] = round
    message[key.length + 1] = half >>> 8
    message[key.length + 2] = half & 0xff
    const [high = 0, low = 0] = sha256(message)
    return ((high << 8) | low) & halfMask
  }

  return {
    numberOf(task: Numbered): number {
      const plain = task.index * 2 + Number(task.isKnown)
      let [left, right] = [plain >>> halfBits, plain & halfMask]
      for (let round = 0; round < rounds; round++) [left, right] = [right, left ^ mixed(round, right)]
      const number = left * 2 ** halfBits + right
      setBounded(given, number, task, mostGiven)
      return number
    },
    read(number: number): Numbered {
      const task = given.get(number)
      if (task) return task
      let [left, right] = [number >>> halfBits, number & halfMask]
      for (let round = rounds - 1; round >= 0; round--) [left, right] = [right ^ mixed(round, left), left]
      const plain = left * 2 ** halfBits + right
      return { index: plain >>> 1, isKnown: (plain & 1) === 1 }
    },
  }
}
export type Numbers = ReturnType<typeof createNumbers>
