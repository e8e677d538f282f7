import type { TaskInput } from '../../activity/task.ts'
import { assert } from '../../kernel/assert.ts'
import { compareStrings } from '../../kernel/bytes.ts'
import { ok, refuse } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'
import type { BlockStore, EventLog, JobStore, LogEntry, StoredResult } from '../storage.port.ts'

type Job = {
  readonly tasks: TaskInput[]
  /** By position; undefined where it was taken back. */
  readonly results: (StoredResult | undefined)[]
  readonly done: Set<number>
  /** By index and provider. */
  readonly answers: Map<string, StoredResult>
}

/** What survives a reload: kept by whoever plays the disk, and handed to the next storage. */
export type MemoryDisk = {
  readonly entries: LogEntry[]
  readonly settings: Map<string, unknown>
  snapshot: { readonly seq: number; readonly version: number; readonly state: unknown } | undefined
  readonly jobs: Map<Cid, Job>
  /** In order of last use, longest unused first. */
  readonly blocks: Map<Cid, Uint8Array<ArrayBuffer>>
  readonly pins: Map<string, Set<Cid>>
}

export const memoryDisk = (): MemoryDisk => ({
  entries: [],
  settings: new Map(),
  snapshot: undefined,
  jobs: new Map(),
  blocks: new Map(),
  pins: new Map(),
})

/** The same as the default of a browser. */
const defaultQuotaBytes = 512 * 1_048_576

/** Storage without a disk, for simulations, tests and headless nodes that need to remember nothing. */
export const memoryStorage = (
  disk: MemoryDisk = memoryDisk(),
  quotaBytes = defaultQuotaBytes,
): { readonly log: EventLog; readonly jobs: JobStore; readonly blocks: BlockStore } => ({
  log: memoryEventLog(disk),
  jobs: memoryJobStore(disk),
  blocks: memoryBlockStore(disk, quotaBytes),
})

function memoryEventLog(disk: MemoryDisk): EventLog {
  return {
    append: async (entries) => {
      for (const { id, body, signature } of entries)
        disk.entries.push({
          seq: disk.entries.length + 1,
          id,
          body: body.slice(),
          ...(signature === undefined ? {} : { signature: signature.slice() }),
        })
    },
    read: async (after, most) => disk.entries.slice(after, after + most),
    byId: async (id) => disk.entries.find((entry) => entry.id === id),
    readSnapshot: async () => structuredClone(disk.snapshot),
    writeSnapshot: async (seq, version, state) => {
      disk.snapshot = structuredClone({ seq, version, state })
    },
    readSetting: async (key) => structuredClone(disk.settings.get(key)),
    writeSetting: async (key, value) => {
      disk.settings.set(key, structuredClone(value))
    },
  }
}

function memoryJobStore(disk: MemoryDisk): JobStore {
  const jobOf = (job: Cid): Job => {
    const known = disk.jobs.get(job) ?? { tasks: [], results: [], done: new Set(), answers: new Map() }
    disk.jobs.set(job, known)
    return known
  }
  return {
    addTasks: async (job, tasks) => {
      for (const task of structuredClone(tasks)) jobOf(job).tasks.push(task)
    },
    taskCount: async (job) => jobOf(job).tasks.length,
    tasks: async (job, indexes) =>
      indexes.map((index) => {
        const task = jobOf(job).tasks[index]
        assert(task, `task ${index} of ${job} is stored before it is asked for`)
        return task
      }),
    setStdin: async (job, index, typed) => {
      const { tasks } = jobOf(job)
      const task = tasks[index]
      assert(task, `task ${index} of ${job} is stored before its input grows`)
      tasks[index] = { ...task, ...structuredClone(typed) }
    },
    addResults: async (job, results) => {
      const { results: stored, done } = jobOf(job)
      const before = stored.length
      for (const result of results) {
        if (done.has(result.index)) continue
        done.add(result.index)
        stored.push(structuredClone(result))
      }
      return stored.slice(before).flatMap((result) => result?.index ?? [])
    },
    results: async (job, after, most) =>
      jobOf(job)
        .results.flatMap((result, i) => (result && i >= after ? [{ position: i + 1, result }] : []))
        .slice(0, most),
    takeBack: async (job, indexes) => {
      const { results, done } = jobOf(job)
      const taken = results.filter((result) => result !== undefined && indexes.includes(result.index))
      for (const [at, result] of results.entries())
        if (result && indexes.includes(result.index)) results[at] = undefined
      for (const index of indexes) done.delete(index)
      return taken as StoredResult[]
    },
    addAnswers: async (job, answers) => {
      const { answers: kept } = jobOf(job)
      for (const answer of answers) {
        const key = `${answer.index} ${answer.provider}`
        if (!kept.has(key)) kept.set(key, structuredClone(answer))
      }
    },
    answers: async (job, indexes) =>
      [...jobOf(job).answers.values()]
        .filter(({ index }) => indexes?.includes(index) !== false)
        .sort((one, other) => one.index - other.index || compareStrings(one.provider, other.provider)),
    dropAnswers: async (job, indexes) => {
      const { answers } = jobOf(job)
      for (const [key, { index }] of answers) if (indexes.includes(index)) answers.delete(key)
    },
    lastPosition: async (job) => jobOf(job).results.length,
    doneIndexes: async (job) => [...jobOf(job).done],
    jobs: async () => [...disk.jobs].filter(([, { tasks }]) => tasks.length > 0).map(([job]) => job),
    remove: async (job) => {
      disk.jobs.delete(job)
    },
  }
}

function memoryBlockStore({ blocks, pins }: MemoryDisk, quotaBytes: number): BlockStore {
  const usedBytes = (): number => [...blocks.values()].reduce((sum, bytes) => sum + bytes.length, 0)
  const use = (cid: Cid, bytes: Uint8Array<ArrayBuffer>): void => {
    blocks.delete(cid)
    blocks.set(cid, bytes)
  }
  return {
    has: async (cid) => blocks.has(cid),
    get: async (cid) => {
      const bytes = blocks.get(cid)
      if (bytes) use(cid, bytes)
      return bytes?.slice()
    },
    put: async (cid, bytes) => {
      const known = blocks.get(cid)
      let used = usedBytes()
      const victims: Cid[] = []
      const pinned = new Set([...pins.values()].flatMap((cids) => [...cids]))
      for (const [victim, { length }] of blocks) {
        if (known || used + bytes.length <= quotaBytes) break
        if (pinned.has(victim)) continue
        victims.push(victim)
        used -= length
      }
      if (!known && used + bytes.length > quotaBytes)
        return refuse('over-quota', { sizeBytes: bytes.length, usedBytes: usedBytes(), quotaBytes })
      for (const victim of victims) blocks.delete(victim)
      use(cid, known ?? new Uint8Array(bytes))
      return ok(undefined)
    },
    pin: async (cid, owner) => {
      pins.set(owner, (pins.get(owner) ?? new Set()).add(cid))
    },
    unpin: async (owner) => {
      pins.delete(owner)
    },
    usage: async () => ({ usedBytes: usedBytes(), quotaBytes, blocks: blocks.size }),
  }
}
