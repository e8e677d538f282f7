import { cidOf } from '../wire/cid.ts'
import { answersContract } from './answers.contract.ts'
import { block, entry, jobA, jobB, result, type StorageCase, same, task } from './storage.examples.ts'
import type { StoredResult } from './storage.port.ts'

/** What every storage adapter promises. No test library here, so that the same cases run in vitest and in a page. */
export const storageContract: readonly StorageCase[] = [
  {
    name: 'log: entries come back in order, numbered from 1, also after a reload',
    run: async ({ open }) => {
      const { log } = await open()
      await log.append([entry(1), entry(2)])
      await log.append([entry(3)])
      const again = (await open()).log
      await again.append([entry(4)])
      const entries = await again.read(1, 10)
      same(
        entries.map(({ seq, id }) => ({ seq, id })),
        [2, 3, 4].map((n) => ({ seq: n, id: entry(n).id })),
      )
      same(entries[0]?.body, entry(2).body)
      same((await again.read(1, 2)).length, 2)
      same(await again.read(4, 10), [])
    },
  },
  {
    name: 'log: concurrent appends leave no gap and keep the order in which they were called',
    run: async ({ open }) => {
      const { log } = await open()
      await Promise.all(Array.from({ length: 40 }, (_, n) => log.append([entry(2 * n), entry(2 * n + 1)])))
      const entries = await log.read(0, 100)
      same(
        entries.map(({ id }) => id),
        Array.from({ length: 80 }, (_, n) => entry(n).id),
      )
      same(
        entries.map(({ seq }) => seq),
        Array.from({ length: 80 }, (_, n) => n + 1),
      )
    },
  },
  {
    name: 'log: an entry is found by its id, and an unknown id is not',
    run: async ({ open }) => {
      const { log } = await open()
      await log.append([entry(1), entry(2)])
      const found = await log.byId(entry(2).id)
      same(found?.seq, 2)
      same(found?.body, entry(2).body)
      same(await log.byId(entry(3).id), undefined)
    },
  },
  {
    name: 'log: a view into a large buffer is stored as the bytes it shows',
    run: async ({ open }) => {
      const { log } = await open()
      const large = new Uint8Array(1_000_000).fill(5)
      await log.append([{ id: entry(1).id, body: large.subarray(10, 13) }])
      large.fill(6)
      const [stored] = await log.read(0, 1)
      same(stored?.body, new Uint8Array([5, 5, 5]))
      same(stored?.body.buffer.byteLength, 3)
    },
  },
  {
    name: 'log: snapshot and settings are as last written, and apart from one another',
    run: async ({ open }) => {
      const { log } = await open()
      same(await log.readSnapshot(), undefined)
      same(await log.readSetting('donating'), undefined)
      await log.writeSnapshot(1, 1, { a: 1 })
      await log.writeSnapshot(7, 2, { a: new Map([['k', 10n]]) })
      await log.writeSetting('snapshot', 'not the snapshot')
      await log.writeSetting('donating', true)
      const again = (await open()).log
      const snapshot = await again.readSnapshot()
      same([snapshot?.seq, snapshot?.version], [7, 2])
      same((snapshot?.state as { a: Map<string, bigint> } | undefined)?.a.get('k'), 10n)
      same([await again.readSetting('snapshot'), await again.readSetting('donating')], ['not the snapshot', true])
    },
  },
  {
    name: 'jobs: the standard input of one task grows, also over a reload, and no other changes',
    run: async ({ open }) => {
      const { jobs } = await open()
      await jobs.addTasks(
        jobA,
        Array.from({ length: 600 }, (_, i) => task(i)),
      )
      await jobs.tasks(jobA, [298, 299, 300])
      await jobs.setStdin(jobA, 299, { stdin: new Uint8Array([1, 2, 3]) })
      await jobs.setStdin(jobA, 299, { stdin: new Uint8Array([1, 2, 3, 4]), isInputEnded: true })
      const hasGrown = async (store: typeof jobs): Promise<void> => {
        const [before, grown, after] = await store.tasks(jobA, [298, 299, 300])
        same([before, after], [task(298), task(300)])
        same([grown?.args, [...(grown?.stdin ?? [])], grown?.isInputEnded], [task(299).args, [1, 2, 3, 4], true])
        same(await store.taskCount(jobA), 600)
      }
      await hasGrown(jobs)
      await hasGrown((await open()).jobs)
    },
  },
  {
    name: 'jobs: tasks that come while input of the last ones grows change nothing of it',
    run: async ({ open }) => {
      const { jobs } = await open()
      await jobs.addTasks(jobA, [task(0)])
      await Promise.all([
        jobs.addTasks(jobA, [task(1)]),
        jobs.setStdin(jobA, 0, { stdin: new Uint8Array([7]) }),
        jobs.addTasks(jobA, [task(2)]),
      ])
      await jobs.addTasks(jobA, [task(3)])
      const again = (await open()).jobs
      const stored = await again.tasks(jobA, [0, 1, 2, 3])
      same([...(stored[0]?.stdin ?? [])], [7])
      same(stored.slice(1), [task(1), task(2), task(3)])
      await again.remove(jobA)
      await again.addTasks(jobA, [task(4)])
      same([await again.taskCount(jobA), await again.tasks(jobA, [0])], [1, [task(4)]])
    },
  },
  {
    name: 'jobs: tasks keep their positions over many additions, frames and a reload',
    run: async ({ open }) => {
      const { jobs } = await open()
      for (const size of [1, 1, 300, 1, 63, 700]) {
        const from = await jobs.taskCount(jobA)
        await jobs.addTasks(
          jobA,
          Array.from({ length: size }, (_, i) => task(from + i)),
        )
      }
      await jobs.addTasks(jobB, [task(9)])
      const again = (await open()).jobs
      same(await again.taskCount(jobA), 1066)
      same(await again.taskCount(cidOf(new Uint8Array([9]), 'raw')), 0)
      const wanted = [1065, 0, 1, 2, 301, 302, 303, 1, 700]
      same(
        (await again.tasks(jobA, wanted)).map(({ args }) => args[0]),
        wanted.map(String),
      )
      same(await again.tasks(jobA, [302]), [task(302)])
      same((await again.tasks(jobB, [0]))[0]?.args, ['9'])
    },
  },
  {
    name: 'jobs: concurrent additions go in the order in which they were called',
    run: async ({ open }) => {
      const { jobs } = await open()
      await Promise.all(Array.from({ length: 30 }, (_, n) => jobs.addTasks(n % 2 ? jobA : jobB, [task(n)])))
      same(
        (await jobs.tasks(jobA, [0, 1, 14])).map(({ args }) => args[0]),
        ['1', '3', '29'],
      )
      same(
        (await jobs.tasks(jobB, [0, 14])).map(({ args }) => args[0]),
        ['0', '28'],
      )
    },
  },
  {
    name: 'jobs: a task larger than a frame is kept whole',
    run: async ({ open }) => {
      const { jobs } = await open()
      const large = { ...task(1), stdin: new Uint8Array(3_000_000).fill(3) }
      await jobs.addTasks(jobA, [task(0), large, task(2)])
      const [before, stored, behind] = await jobs.tasks(jobA, [0, 1, 2])
      same([before?.args, stored?.stdin.length, stored?.stdin[2_999_999], behind?.args], [['0'], 3_000_000, 3, ['2']])
    },
  },
  {
    name: 'jobs: the first result of an index stays, within a call, between calls and after a reload',
    run: async ({ open }) => {
      const { jobs } = await open()
      same(await jobs.addResults(jobA, [result(3, 'a'), result(1, 'a'), result(3, 'b')]), [3, 1])
      const [two, three] = await Promise.all([
        jobs.addResults(jobA, [result(1, 'c'), result(2, 'c')]),
        jobs.addResults(jobA, [result(2, 'd'), result(4, 'd')]),
      ])
      same([two, three], [[2], [4]])
      const again = (await open()).jobs
      same(await again.addResults(jobA, [result(4, 'e')]), [])
      same(await again.addResults(jobB, [result(4, 'e')]), [4])
      const all = await again.results(jobA, 0, 100)
      same(
        all.map(({ position, result: { index, provider } }) => `${position} ${index} ${provider}`),
        ['1 3 a', '2 1 a', '3 2 c', '4 4 d'],
      )
      same([...(await again.doneIndexes(jobA))].sort(), [1, 2, 3, 4])
    },
  },
  {
    name: 'jobs: results are read from any position and as many as asked',
    run: async ({ open }) => {
      const { jobs } = await open()
      for (const [from, size] of [
        [0, 64],
        [64, 1],
        [65, 700],
        [765, 3],
      ] as const)
        await jobs.addResults(
          jobA,
          Array.from({ length: size }, (_, i) => result(from + i, 'a')),
        )
      for (const [after, most] of [
        [0, 1],
        [0, 2_000],
        [63, 2],
        [64, 700],
        [500, 100],
        [767, 9],
        [768, 9],
      ] as const) {
        const expected = Array.from(
          { length: Math.max(0, Math.min(768, after + most) - after) },
          (_, i) => after + 1 + i,
        )
        const read = await jobs.results(jobA, after, most)
        same(
          read.map(({ position }) => position),
          expected,
        )
        same(
          read.map(({ result: { index } }) => index + 1),
          expected,
        )
      }
    },
  },
  {
    name: 'jobs: a result comes back as it was, its error included',
    run: async ({ open }) => {
      const { jobs } = await open()
      const failed: StoredResult = {
        ...result(0, 'a'),
        status: 'failed',
        exitCode: -1,
        durationUs: 1234.5,
        error: { code: 'trapped', phase: 'run', message: 'unreachable' },
      }
      await jobs.addResults(jobA, [failed])
      same((await jobs.results(jobA, 0, 1))[0], { position: 1, result: failed })
    },
  },
  ...answersContract,
  {
    name: 'jobs: a removed job leaves nothing, and its neighbour everything',
    run: async ({ open }) => {
      const { jobs } = await open()
      for (const job of [jobA, jobB]) {
        await jobs.addTasks(job, [task(0)])
        await jobs.addResults(job, [result(0, 'a')])
        await jobs.addAnswers(job, [result(1, 'a')])
      }
      await jobs.tasks(jobA, [0])
      same((await jobs.jobs()).toSorted(), [jobA, jobB].toSorted())
      await jobs.remove(jobA)
      same(await jobs.jobs(), [jobB])
      same([await jobs.taskCount(jobA), await jobs.results(jobA, 0, 9), await jobs.doneIndexes(jobA)], [0, [], []])
      same([await jobs.answers(jobA), (await jobs.answers(jobB)).length], [[], 1])
      same([await jobs.taskCount(jobB), (await jobs.results(jobB, 0, 9)).length], [1, 1])
      same(await jobs.addResults(jobA, [result(0, 'b')]), [0])
    },
  },
  {
    name: 'blocks: a block comes back under its name until another browser session, and counts once',
    run: async ({ open }) => {
      const { blocks } = await open()
      const [cid, bytes] = block(1, 100)
      same([await blocks.has(cid), await blocks.get(cid)], [false, undefined])
      same((await blocks.put(cid, bytes)).ok, true)
      same((await blocks.put(cid, bytes)).ok, true)
      const again = (await open()).blocks
      same([await again.has(cid), await again.get(cid)], [true, bytes])
      const { usedBytes, blocks: count } = await again.usage()
      same([usedBytes, count], [100, 1])
    },
  },
  {
    name: 'blocks: the least recently used makes room, a read counts as use',
    run: async ({ open, pass }) => {
      const { blocks } = await open(300)
      for (const n of [1, 2, 3]) {
        await blocks.put(...block(n, 100))
        pass(1_000)
      }
      await blocks.get(block(1, 100)[0])
      pass(1_000)
      same((await blocks.put(...block(4, 150))).ok, true)
      same(await Promise.all([1, 2, 3].map((n) => blocks.has(block(n, 100)[0]))), [true, false, false])
      same((await blocks.usage()).usedBytes, 250)
    },
  },
  {
    name: 'blocks: a pinned block stays, and what cannot fit is refused without dropping anything',
    run: async ({ open, pass }) => {
      const { blocks } = await open(300)
      for (const n of [1, 2, 3]) {
        await blocks.put(...block(n, 100))
        pass(1_000)
      }
      await blocks.pin(block(1, 100)[0], 'job a')
      await blocks.pin(block(1, 100)[0], 'job b')
      await blocks.pin(block(2, 100)[0], 'job b')
      const refused = await blocks.put(...block(4, 150))
      same(refused.ok ? '' : refused.code, 'over-quota')
      same((await blocks.usage()).blocks, 3)
      await blocks.unpin('job b')
      same((await blocks.put(...block(4, 150))).ok, true)
      same(await Promise.all([1, 2, 3].map((n) => blocks.has(block(n, 100)[0]))), [true, false, false])
    },
  },
  {
    name: 'blocks: many at once, and a view is stored as the bytes it shows',
    run: async ({ open }) => {
      const { blocks } = await open()
      const whole = new Uint8Array(1_000_000).map((_, i) => i >> 12)
      const parts = Array.from({ length: 20 }, (_, i) => whole.subarray(i * 50_000, (i + 1) * 50_000))
      await Promise.all(parts.map((part) => blocks.put(cidOf(part, 'raw'), part)))
      const read = await Promise.all(parts.map((part) => blocks.get(cidOf(part, 'raw'))))
      same(read, parts)
      same(read[0]?.buffer.byteLength, 50_000)
    },
  },
]
