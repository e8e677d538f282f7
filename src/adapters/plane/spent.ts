import type { FrameOf } from '../../activity/frames.ts'
import { sizeOfBytes } from '../../activity/frames.ts'
import type { TaskOutcome } from '../../activity/task.ts'
import type { Session } from './session.ts'

/** What the tasks of an activity used that have ended. */
export type Spent = {
  readonly durationUs: number
  readonly cpuUs: number
  readonly memoryBytes: number
  readonly bytesOut: number
  readonly fuel: bigint
}

export const nothingSpent: Spent = { durationUs: 0, cpuUs: 0, memoryBytes: 0, bytesOut: 0, fuel: 0n }

export function spentWith(spent: Spent, outcome: TaskOutcome): Spent {
  const { durationUs, waitedUs = 0, memoryBytes, fuel } = outcome.usage
  return {
    durationUs: spent.durationUs + durationUs,
    cpuUs: spent.cpuUs + durationUs - waitedUs,
    memoryBytes: Math.max(spent.memoryBytes, memoryBytes),
    bytesOut: spent.bytesOut + sizeOfBytes(outcome),
    fuel: spent.fuel + fuel,
  }
}

/**
 * An activity's usage at this moment. Of a task that runs alone only its time is known before it ends; one that stands still has told
 * its memory and fuel. As many run at once as the activity has threads: what is handed to a worker beyond that waits there.
 */
export function usageFrame({ spent, running, usage }: Session, threads: number, now: number): FrameOf<'usage'> {
  let { durationUs, cpuUs, memoryBytes, bytesOut, fuel } = spent
  for (const { since, terminal } of [...running.values()].slice(0, threads)) {
    const figures = terminal?.figures()
    durationUs += (now - since) * 1_000
    cpuUs += Math.max(0, now - since - (figures?.waitedMs ?? 0)) * 1_000
    memoryBytes = Math.max(memoryBytes, figures?.memoryBytes ?? 0)
    bytesOut += figures?.writtenBytes ?? 0
    fuel += figures?.fuel ?? 0n
  }
  const { storageBytes, bytesIn } = usage
  return {
    type: 'usage',
    durationUs: Math.round(durationUs),
    cpuUs: Math.round(cpuUs),
    memoryBytes,
    storageBytes,
    bytesIn,
    bytesOut,
    fuel,
    counters: {},
  }
}
