import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { journeys } from './harness.ts'
import { donate, meet, submit, summaryOf } from './jobs.ts'

const it = journeys()

it('a task is a script: content comes in, runs read what the ones before them wrote, and it is there after a reload', async ({
  world,
}) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([meet(provider), meet(buyer)])
  await donate(provider)
  const module = await readFile(new URL('../src/adapters/workers/fixtures/probe.wasm', import.meta.url))
  const cid = await buyer.mesh(async (mesh) => {
    // Larger than a block, and than what is copied to a worker.
    const added = await mesh.content.add(new Uint8Array(1_500_000).fill(46))
    return added.ok ? (added.value as string) : added.code
  })
  const job = await submit(buyer, {
    module,
    limits: { outputBytes: 6_000_000 },
    tasks: [
      {
        script: [
          { type: 'deploy' },
          { type: 'start' },
          { type: 'transfer', from: `content:${cid}`, to: 'file:data/in' },
          { type: 'run', args: ['append', 'data/in', 'the end'] },
          { type: 'run', args: ['show', 'data/in'] },
          { type: 'transfer', from: 'file:data/in', to: 'content:' },
          { type: 'sign' },
          { type: 'run', args: ['exit', '3'] },
          { type: 'run', args: ['put', 'never', 'written'] },
        ],
      },
    ],
  })
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Failed', completed: 0, failed: 1 })
  const told = () =>
    buyer.mesh(async (mesh, id) => {
      for await (const { exitCode, files, commands = [], receipt } of mesh.job(id)!.results()) {
        const ends = commands.map(({ stdout }) => new TextDecoder().decode(stdout.slice(-8)))
        const [signed, stored] = [commands[6]?.message, commands[5]]
        const again = await mesh.content.add(stored?.content ?? new Uint8Array(0))
        const verified = receipt && (await mesh.receipts.verify(receipt, { execute: true }))
        return {
          statuses: commands.map(({ status }) => status),
          exitCode,
          ends,
          signed,
          isNamed: again.ok && again.value === stored?.message,
          sizes: Object.values(files).map((file) => file.length),
          isSame: verified?.ok ? verified.value.tasks.map(({ isSame }) => isSame) : [],
        }
      }
      return undefined
    }, job)
  const first = await told()
  expect(first).toMatchObject({
    statuses: [...Array(7).fill('ok'), 'failed'],
    exitCode: 3,
    ends: ['', '', '', '', '.the end', '', '', ''],
    signed: expect.stringMatching(/^[0-9a-f]{64}$/),
    isNamed: true,
    sizes: [1_500_007],
    isSame: [true],
  })
  await buyer.reload()
  expect(await told()).toEqual(first)
})
