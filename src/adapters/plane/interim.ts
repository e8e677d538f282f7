import type { WireResult } from '../../activity/messages.ts'
import { type TaskTime, timeOfTask } from '../../receipts/usage.ts'
import type { Session } from './session.ts'

/** Getting a worker and starting in it may take so long: it is left to the task's own result, which knows. */
const startingMs = 1_000

const nothing: TaskTime = { durationUs: 0, cpuUs: 0 }

/** Adds what the programs with a terminal have used since the last receipt: their results may be an hour away. */
export function chargeRunning(session: Session, now: number): void {
  for (const [index, { since, terminal }] of session.running) {
    const lastedMs = now - since - startingMs
    if (terminal?.live.kind !== 'terminal' || lastedMs <= 0) continue
    const { waitedMs, memoryBytes } = terminal.figures()
    const before = session.charged.get(index) ?? nothing
    const so = {
      durationUs: Math.max(before.durationUs, Math.round(lastedMs * 1_000)),
      cpuUs: Math.max(before.cpuUs, Math.round(Math.max(0, lastedMs - waitedMs) * 1_000)),
    }
    session.charged.set(index, so)
    const { usage } = session
    session.usage = {
      ...usage,
      durationUs: usage.durationUs + so.durationUs - before.durationUs,
      cpuUs: (usage.cpuUs ?? 0) + so.cpuUs - before.cpuUs,
      memoryBytes: Math.max(usage.memoryBytes, memoryBytes),
    }
  }
}

/** What a result adds to the time that receipts told of before it came; nothing is charged twice. */
export function timeOf(session: Session, result: WireResult): TaskTime {
  const { index } = result
  const { durationUs, cpuUs } = timeOfTask(result)
  const before = session.charged.get(index) ?? nothing
  session.charged.delete(index)
  return {
    durationUs: Math.max(0, durationUs - before.durationUs),
    cpuUs: Math.max(0, cpuUs - before.cpuUs),
  }
}
