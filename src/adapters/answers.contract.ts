import type { Cid } from '../wire/cid.ts'
import { jobA, jobB, result, type StorageCase, same } from './storage.examples.ts'
import type { JobStore } from './storage.port.ts'

/** What comparing answers needs of a disk. */
export const answersContract: readonly StorageCase[] = [
  {
    name: 'jobs: a result that is taken back is read by nobody, and another may be stored in its place, also over a reload',
    run: async ({ open }) => {
      const { jobs } = await open()
      const told = async (store: JobStore, after = 0, most = 9) =>
        (await store.results(jobA, after, most)).map(({ position, result: { index, provider } }) => [
          position,
          `${index}${provider}`,
        ])
      await jobs.addResults(jobA, [result(0, 'a'), result(1, 'a'), result(2, 'b'), result(3, 'a')])
      const taken = await jobs.takeBack(jobA, [0, 1, 9])
      same(taken, [result(0, 'a'), result(1, 'a')])
      same(await jobs.takeBack(jobA, [0]), [])
      same(await told(jobs), [
        [3, '2b'],
        [4, '3a'],
      ])
      same([await told(jobs, 0, 1), (await jobs.doneIndexes(jobA)).toSorted()], [[[3, '2b']], [2, 3]])
      same(await jobs.addResults(jobA, [result(1, 'c'), result(2, 'c')]), [1])
      const again = (await open()).jobs
      same(await again.addResults(jobA, [result(0, 'c'), result(1, 'd')]), [0])
      same(await told(again, 3), [
        [4, '3a'],
        [5, '1c'],
        [6, '0c'],
      ])
      await again.takeBack(jobA, [1, 0])
      same([await again.lastPosition(jobA), await again.lastPosition(jobB)], [6, 0])
      same([await told(again, 4), (await again.doneIndexes(jobA)).toSorted()], [[], [2, 3]])
    },
  },
  {
    name: 'jobs: answers wait beside results, one a task and provider, until they are dropped, also over a reload',
    run: async ({ open }) => {
      const { jobs } = await open()
      await Promise.all([
        jobs.addAnswers(jobA, [result(2, 'b'), result(1, 'a')]),
        jobs.addAnswers(jobA, [result(1, 'b'), result(2, 'a')]),
        jobs.addAnswers(jobB, [result(1, 'c')]),
      ])
      await jobs.addAnswers(jobA, [{ ...result(1, 'a'), exitCode: 7 }])
      const again = (await open()).jobs
      const told = async (job: Cid, indexes?: readonly number[]) =>
        (await again.answers(job, indexes)).map(({ index, provider, exitCode }) => `${index} ${provider} ${exitCode}`)
      same(await told(jobA), ['1 a 0', '1 b 0', '2 a 0', '2 b 0'])
      same(await told(jobA, [2]), ['2 a 0', '2 b 0'])
      same((await again.answers(jobA, [1]))[0], result(1, 'a'))
      same([await again.doneIndexes(jobA), await again.answers(jobA, [3])], [[], []])
      await again.dropAnswers(jobA, [1, 9])
      same([await told(jobA), await told(jobB)], [['2 a 0', '2 b 0'], ['1 c 0']])
    },
  },
]
