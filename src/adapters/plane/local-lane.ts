import type { Live } from '../../activity/live.ts'
import type { WireResult } from '../../activity/messages.ts'
import type { TaskInput } from '../../activity/task.ts'

/** Own work, as the requestor's plane has it: tasks of a job for this tab. */
export type LocalLane = {
  take(most: number): number[]
  /** A copy, which the runtime may move away. */
  input(index: number): Promise<TaskInput>
  /** What the runtime is given where somebody listens to the task. */
  live(index: number, input: TaskInput): Live | undefined
  finish(results: readonly WireResult[]): Promise<void>
  leave(): void
}
