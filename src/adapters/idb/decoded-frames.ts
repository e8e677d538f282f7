import type { TaskInput } from '../../activity/task.ts'
import type { Cid } from '../../wire/cid.ts'

/** A stored frame of tasks: those from `first` on, before `end`. */
export type DecodedFrame = {
  readonly job: Cid
  readonly first: number
  readonly end: number
  readonly tasks: readonly TaskInput[]
  /** As it is stored. */
  readonly sizeBytes: number
}

/** Frames that were read last, found by a task in them without asking the disk. */
export function createDecodedFrames({ mostFrames, mostBytes }: { mostFrames: number; mostBytes: number }) {
  /** The one that was asked for last comes last. */
  let frames: DecodedFrame[] = []

  function keep(frame: DecodedFrame): DecodedFrame {
    frames = [...frames.filter(({ job, end }) => job !== frame.job || end !== frame.end), frame]
    let bytes = frames.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    while (frames.length > mostFrames || (bytes > mostBytes && frames.length > 1)) bytes -= frames.shift()!.sizeBytes
    return frame
  }

  return {
    keep,
    holding(asked: Cid, index: number): DecodedFrame | undefined {
      const at = frames.findIndex(({ job, first, end }) => job === asked && first <= index && index < end)
      if (at < 0) return undefined
      const [found] = frames.splice(at, 1)
      frames.push(found!)
      return found
    },
    drop(of: Cid, that: number): void {
      frames = frames.filter(({ job, end }) => job !== of || end !== that)
    },
    clear(): void {
      frames = []
    },
  }
}
