import { wasi } from '@bjorn3/browser_wasi_shim'
import { sha256 } from '@noble/hashes/sha2.js'
import { seededClock } from '../../activity/host-abi.ts'
import type { Random } from './component-glue.ts'

/** What a program can learn of the world beside its input: the time and chance. */
export type World = {
  /** Undefined where there is no such clock. */
  clockNs(clock: number): bigint | undefined
  resolutionNs(clock: number): bigint | undefined
  /** Lets time pass for this program alone: it sleeps. */
  pass(durationNs: bigint): void
  fill(bytes: Uint8Array<ArrayBuffer>): void
}

/** What getRandomValues gives at once. */
const mostRandom = 65_536
/** Wall clock, monotonic clock, and the processor time of a process and of a thread. */
const lastClock = 3

/** The machine's own clocks and chance. */
export function machineWorld(random: Random): World {
  /** How far the program's clocks run ahead of the machine's, because it slept. */
  let aheadNs = 0n
  return {
    clockNs(clock) {
      if (clock === wasi.CLOCKID_REALTIME) return BigInt(Date.now()) * 1_000_000n + aheadNs
      // Processor time of a thread that never waits is the time that has passed.
      if (clock <= lastClock) return BigInt(Math.round(performance.now() * 1e6)) + aheadNs
      return undefined
    },
    resolutionNs(clock) {
      if (clock === wasi.CLOCKID_REALTIME) return 1_000_000n
      return clock <= lastClock ? 5_000n : undefined
    },
    pass(durationNs) {
      aheadNs += durationNs
    },
    fill(bytes) {
      for (let from = 0; from < bytes.length; from += mostRandom) random(bytes.subarray(from, from + mostRandom))
    },
  }
}

/**
 * HA3: clocks that begin at the same moment everywhere and go on by a step with each look and by what the program sleeps, and chance that is
 * SHA-256(text ‖ seed ‖ index as four bytes ‖ count as eight bytes), block after block, the highest byte first.
 */
export function seededWorld(seed: Uint8Array, index: number): World {
  const { startsAtNs, stepNs } = seededClock
  let passedNs = 0n
  return {
    clockNs(clock) {
      if (clock > lastClock) return undefined
      passedNs += stepNs
      return clock === wasi.CLOCKID_REALTIME ? startsAtNs + passedNs : passedNs
    },
    resolutionNs: (clock) => (clock > lastClock ? undefined : stepNs),
    pass(durationNs) {
      passedNs += durationNs
    },
    fill: seededChance(seed, index),
  }
}

const chanceName = new TextEncoder().encode('tabmesh chance 1')

function seededChance(seed: Uint8Array, index: number): World['fill'] {
  const message = new Uint8Array(chanceName.length + seed.length + 12)
  message.set(chanceName)
  message.set(seed, chanceName.length)
  const numbers = new DataView(message.buffer, chanceName.length + seed.length)
  numbers.setUint32(0, index)
  let count = 0n
  let block = new Uint8Array(0)
  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      if (block.length === 0) {
        numbers.setBigUint64(4, count++)
        block = sha256(message)
      }
      const part = block.subarray(0, bytes.length - at)
      bytes.set(part, at)
      block = block.subarray(part.length)
      at += part.length
    }
  }
}
