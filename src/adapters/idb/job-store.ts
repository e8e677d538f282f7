import type { IDBPObjectStore } from 'idb'
import type { TaskInput } from '../../activity/task.ts'
import { assert } from '../../kernel/assert.ts'
import { setBounded } from '../../kernel/bound.ts'
import type { Cid } from '../../wire/cid.ts'
import type { JobStore, StoredResult } from '../storage.port.ts'
import { idbAnswers } from './answer-store.ts'
import type { FrameRecord, SlotDatabase, SlotSchema } from './database.ts'
import { createDecodedFrames, type DecodedFrame } from './decoded-frames.ts'
import { type Done, jobRange, readDone, takenPlaces, takesBack } from './done-indexes.ts'
import { guarded, written } from './failure.ts'
import { frameOf, resultsIn, tasksIn } from './frame-record.ts'
import { groupCommit } from './group-commit.ts'

const strict = { durability: 'strict' } as const
/** A frame is closed by whichever comes first: 256 tasks are four frames on the wire, 1 MiB reads in a millisecond. */
const frameValues = 256
const frameBytes = 1_048_576
/** The last frame is filled up while it holds less than this: rewriting it is then cheaper than one more record. */
const fillTasks = 64
const fillBytes = 65_536
/** Decoded frames kept for the next read: as many as a scheduler mixes the tasks of (KN4), and no more of long ones than 16 MiB. */
const cachedFrames = 64
const cachedBytes = 16 * frameBytes
/** Jobs whose finished indexes are in memory: a job of 100,000 tasks takes about 4 MB of it. */
const openJobs = 16

/** Tasks and results of one slot's jobs on IndexedDB, in frames. All its methods reject with StorageFailure. */
export function idbJobStore(database: SlotDatabase): JobStore {
  const decoded = createDecodedFrames({ mostFrames: cachedFrames, mostBytes: cachedBytes })
  const doneOf = new Map<Cid, Done>()
  const takeBack = takesBack(database)
  const tailOf = new Map<Cid, Tail>()
  /** How often stored tasks were changed or removed. */
  let edits = 0

  const begin = () => database.transaction('tasks', 'readwrite', strict)
  const addTasks = groupCommit<{ job: Cid; tasks: readonly TaskInput[] }, void>(async (batch) => {
    const tails = new Map<Cid, Tail>()
    const before = edits
    await written(begin, 'storing tasks', async ({ store }) => {
      const byJob = new Map<Cid, TaskInput[]>()
      for (const { job, tasks } of batch) {
        const together = byJob.get(job) ?? []
        together.push(...tasks)
        byJob.set(job, together)
      }
      for (const [job, tasks] of byJob) tails.set(job, await appendTasks(store, job, tasks))
    })
    // What was changed meanwhile is read from the disk again.
    if (edits === before) for (const [job, tail] of tails) setBounded(tailOf, job, tail, openJobs)
    return batch.map(() => undefined)
  })

  async function appendTasks(store: TasksStore, job: Cid, tasks: readonly TaskInput[]): Promise<Tail> {
    const { end: from, last } = tailOf.get(job) ?? (await readTail(store, job))
    tailOf.delete(job)
    let end = from
    const writes: Promise<unknown>[] = []
    if (last) {
      writes.push(store.delete([job, end]))
      decoded.drop(job, end)
      end -= last.count
    }
    let written: FrameRecord | undefined
    for (const frame of framed(last ? [...tasksIn(last), ...tasks] : tasks)) {
      end += frame.count
      written = frame
      writes.push(store.put(frame, [job, end]))
    }
    await Promise.all(writes)
    return { end, last: fillable(written) }
  }

  async function readTail(store: TasksStore, job: Cid): Promise<Tail> {
    const cursor = await store.openKeyCursor(jobRange(job), 'prev')
    return { end: cursor?.key[1] ?? 0, last: fillable((cursor && (await store.get(cursor.key))) ?? undefined) }
  }

  /** Called as a transaction begins that changes stored tasks: whoever appends later reads behind it. */
  function edited(): void {
    edits += 1
    tailOf.clear()
  }

  async function frameHolding(job: Cid, index: number): Promise<DecodedFrame> {
    const kept = decoded.holding(job, index)
    if (kept) return kept
    const { store } = database.transaction('tasks')
    const range = IDBKeyRange.bound([job, index], [job, Number.POSITIVE_INFINITY], true)
    const key = await store.getKey(range)
    assert(key !== undefined, `task ${index} of ${job} is stored before it is asked for`)
    const end = key[1]
    const frame = await store.get(key)
    assert(frame !== undefined, `frame ${end} of ${job} does not vanish within a transaction`)
    const tasks = tasksIn(frame)
    return decoded.keep({ job, end, first: end - tasks.length, tasks, sizeBytes: frame.bytes.length })
  }

  const addResults = groupCommit<{ job: Cid; results: readonly StoredResult[] }, readonly number[]>(async (batch) => {
    const jobs = new Map<Cid, { done: Done; news: Map<number, StoredResult> }>()
    const answers: (readonly number[])[] = []

    const begin = () => database.transaction(['results', 'done', 'taken'], 'readwrite', strict)
    await written(begin, 'storing results', async (transaction) => {
      const frames = transaction.objectStore('results')
      const done = transaction.objectStore('done')
      for (const { job, results } of batch) {
        const taken = transaction.objectStore('taken')
        const known = jobs.get(job) ?? {
          done: doneOf.get(job) ?? (await readDone(job, { done, taken })),
          news: new Map(),
        }
        jobs.set(job, known)
        const news: number[] = []
        for (const result of results) {
          if (known.done.indexes.has(result.index) || known.news.has(result.index)) continue
          known.news.set(result.index, result)
          news.push(result.index)
        }
        answers.push(news)
      }
      for (const [job, { done: known, news }] of jobs) {
        let { last } = known // each result has a place of its own, from 1
        const indexes = [...news.keys()]
        for (const frame of framed([...news.values()])) {
          last += frame.count
          // `add`: a second writer of the same slot is refused here and overwrites nothing
          await Promise.all([
            frames.add(frame, [job, last]),
            done.add(Uint32Array.from(indexes.splice(0, frame.count)), [job, last]),
          ])
        }
      }
    })
    for (const [job, { done, news }] of jobs) {
      for (const index of news.keys()) done.indexes.add(index)
      done.last += news.size
      setBounded(doneOf, job, done, openJobs)
    }
    return answers
  })

  async function rowsBehind(job: Cid, after: number, most: number) {
    const transaction = database.transaction(['results', 'done'])
    const behind = IDBKeyRange.bound([job, after], [job, Number.POSITIVE_INFINITY], true)
    // the small records say which frames hold what is asked, so that no frame is read in vain
    const keys = await transaction.objectStore('done').getAllKeys(behind, most)
    const lastKey = keys.find(([, last]) => last >= after + most) ?? keys.at(-1)
    if (!lastKey) return []
    const frames = await transaction.objectStore('results').getAll(IDBKeyRange.bound([job, after], lastKey, true))
    let position = (keys[0] as [string, number])[1] - (frames[0] as FrameRecord).count
    return frames
      .flatMap(resultsIn)
      .map((result) => ({ position: ++position, result }))
      .filter((stored) => stored.position > after && stored.position <= after + most)
  }

  return {
    ...idbAnswers(database),
    addTasks: (job, tasks) => (tasks.length === 0 ? Promise.resolve() : addTasks({ job, tasks })),
    taskCount: (job) =>
      guarded('counting tasks', async () => {
        const { store } = database.transaction('tasks')
        return (await store.openKeyCursor(jobRange(job), 'prev'))?.key[1] ?? 0
      }),
    tasks: (job, indexes) =>
      guarded('reading tasks', async () => {
        const found = new Map<number, TaskInput>()
        for (const index of indexes) {
          if (found.has(index)) continue
          const { first, tasks } = await frameHolding(job, index)
          for (const wanted of indexes) {
            const task = tasks[wanted - first]
            if (task) found.set(wanted, task)
          }
        }
        return indexes.map((index) => found.get(index) as TaskInput)
      }),
    setStdin: async (job, index, typed) => {
      edited()
      await written(begin, 'storing input', async ({ store }) => {
        const key = await store.getKey(IDBKeyRange.bound([job, index], [job, Number.POSITIVE_INFINITY], true))
        const frame = key && (await store.get(key))
        assert(key && frame, `task ${index} of ${job} is stored before its input grows`)
        const tasks = tasksIn(frame).map((task, n) =>
          key[1] - frame.count + n === index ? { ...task, ...typed } : task,
        )
        await store.put(frameOf(tasks), key)
        decoded.drop(job, key[1])
      })
    },
    addResults: (job, results) => (results.length === 0 ? Promise.resolve([]) : addResults({ job, results })),
    results: (job, after, most) =>
      guarded('reading results', async () => {
        const gone = await takenPlaces(database.transaction('taken').store, job)
        for (let from = after; ; ) {
          const rows = await rowsBehind(job, from, most)
          const kept = rows.filter(({ position }) => !gone.has(position))
          // Where all of them were taken back, what lies behind is looked at.
          if (kept.length > 0 || rows.length === 0) return kept
          from = rows.at(-1)?.position ?? from
        }
      }),
    lastPosition: (job) =>
      guarded('counting results', async () => {
        const { store } = database.transaction('done')
        return (await store.openKeyCursor(jobRange(job), 'prev'))?.key[1] ?? 0
      }),
    doneIndexes: (job) =>
      guarded('reading finished indexes', async () => {
        const transaction = database.transaction(['done', 'taken'])
        const stores = { done: transaction.objectStore('done'), taken: transaction.objectStore('taken') }
        return [...(await readDone(job, stores)).indexes]
      }),
    takeBack: async (job, indexes) => {
      const taken = await takeBack(job, indexes)
      doneOf.delete(job)
      return taken
    },
    jobs: () =>
      guarded('listing jobs', async () => {
        const { store } = database.transaction('tasks')
        const jobs: Cid[] = []
        // From each job's first key straight to the next job's: what lies between may be thousands of frames.
        let key = await store.getKey(IDBKeyRange.lowerBound([]))
        while (key !== undefined) {
          jobs.push(key[0] as Cid)
          key = await store.getKey(IDBKeyRange.lowerBound([key[0], Number.POSITIVE_INFINITY], true))
        }
        return jobs
      }),
    remove: async (job) => {
      edited()
      const stores = ['tasks', 'results', 'done', 'taken', 'answers'] as const
      await written(
        () => database.transaction(stores, 'readwrite', strict),
        'removing a job',
        (transaction) => Promise.all(stores.map((name) => transaction.objectStore(name).delete(jobRange(job)))),
      )
      doneOf.delete(job)
      decoded.clear()
    },
  }
}

/** Where a job's tasks end, and the last frame while there is room in it: nobody else writes this slot's tasks. */
type Tail = { readonly end: number; readonly last: FrameRecord | undefined }

const fillable = (frame: FrameRecord | undefined): FrameRecord | undefined =>
  frame && frame.count < fillTasks && frame.bytes.length < fillBytes ? frame : undefined

type TasksStore = IDBPObjectStore<SlotSchema, ['tasks'], 'tasks', 'readwrite'>

/** Cuts values into frames; one larger than a frame has a frame of its own. */
function* framed(values: readonly unknown[]): Generator<FrameRecord> {
  let open: unknown[] = []
  let size = 0
  for (const value of values) {
    const sizeBytes = roughBytes(value)
    if (open.length > 0 && (open.length === frameValues || size + sizeBytes > frameBytes)) {
      yield frameOf(open)
      open = []
      size = 0
    }
    open.push(value)
    size += sizeBytes
  }
  if (open.length > 0) yield frameOf(open)
}

/** What a value takes when encoded, nearly: text counts one byte a unit. */
function roughBytes(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length + 5
  if (typeof value !== 'object' || value === null) return 9
  return Object.entries(value).reduce((sum, [key, field]) => sum + key.length + roughBytes(field), 5)
}
