import type { Cid } from '../../wire/cid.ts'
import type { JobStore } from '../storage.port.ts'
import type { SlotDatabase } from './database.ts'
import { jobRange } from './done-indexes.ts'
import { guarded, written } from './failure.ts'
import { frameOf, resultsIn } from './frame-record.ts'
import { groupCommit } from './group-commit.ts'

const strict = { durability: 'strict' } as const

/** Answers of tasks that have no result yet: a record each, for they leave one by one. */
export function idbAnswers(database: SlotDatabase): Pick<JobStore, 'addAnswers' | 'answers' | 'dropAnswers'> {
  type Given = { readonly job: Cid; readonly answers: Parameters<JobStore['addAnswers']>[1] }
  const begin = () => database.transaction('answers', 'readwrite', strict)
  const add = groupCommit<Given, void>(async (batch) => {
    await written(begin, 'storing answers', async ({ store }) => {
      for (const { job, answers } of batch) {
        for (const answer of answers) {
          const key: [string, number, string] = [job, answer.index, answer.provider]
          if ((await store.getKey(key)) === undefined) await store.put(frameOf([answer]), key)
        }
      }
    })
    return batch.map(() => undefined)
  })
  return {
    addAnswers: (job, answers) => (answers.length === 0 ? Promise.resolve() : add({ job, answers })),
    answers: (job, indexes) =>
      guarded('reading answers', async () => {
        const { store } = database.transaction('answers')
        const ranges = indexes ? indexes.map((index) => taskRange(job, index)) : [jobRange(job)]
        const frames = await Promise.all(ranges.map((range) => store.getAll(range)))
        return frames.flat().flatMap(resultsIn)
      }),
    dropAnswers: async (job, indexes) => {
      await written(begin, 'dropping answers', ({ store }) =>
        Promise.all(indexes.map((index) => store.delete(taskRange(job, index)))),
      )
    },
  }
}

/** An array is behind every text. */
const taskRange = (job: Cid, index: number): IDBKeyRange => IDBKeyRange.bound([job, index], [job, index, []])
