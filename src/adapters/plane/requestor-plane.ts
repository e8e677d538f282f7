import type { TaskInput } from '../../activity/task.ts'
import type { Cid } from '../../wire/cid.ts'
import type { StoredRow } from './fresh.ts'
import type { LaneView } from './lane-view.ts'
import type { LocalLane } from './local-lane.ts'
import type { RequestorTerminals } from './requestor-terminal.ts'
import type { UsageTold } from './runner.ts'

/** The requestor's side of the data plane. */
export type RequestorPlane = {
  openActivity(activity: Cid): void
  closeActivity(activity: Cid, reason: string): void
  /** More tasks of this job are stored, or all are. */
  extended(job: Cid): Promise<void>
  /**
   * Tasks from this index on: handed out at once, and what comes back of them is stored behind them. Resolves when they are
   * stored, which may wait a moment for more of them; rejects where the disk does not take them.
   */
  given(job: Cid, from: number, tasks: readonly TaskInput[]): Promise<void>
  /** Somebody waits for what was given to be stored. */
  hurry(job: Cid): void
  /** Results behind a position that are still in memory; undefined where only the disk can tell. */
  fresh(job: Cid, after: number, most: number): readonly StoredRow[] | undefined
  /** Takes tasks for own work in this tab, and takes their outcomes. */
  local(job: Cid, threads: number): Promise<LocalLane>
  lanes(job: Cid): readonly LaneView[]
  /** Told whenever results of a job are there to be read, and again when they were stored. */
  onResults(listener: (job: Cid) => void): () => void
  /** What is typed into live tasks and heard of them. */
  readonly terminals: Pick<RequestorTerminals, 'give' | 'end' | 'view' | 'recall'>
  /** Told whenever a program was heard, or has taken what was typed, and when usage was told. */
  onTalk(listener: (job: Cid) => void): () => void
  /** By activity, as last told. */
  usage(job: Cid): ReadonlyMap<Cid, UsageTold>
  stop(): void
}
