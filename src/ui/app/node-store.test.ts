import { expect, it } from 'vitest'
import { ConnectError } from '../../sdk/connect-error.ts'
import { createNodeStore } from './node-store.ts'

it('tells how much of a long log was read while the node starts', async () => {
  const told: unknown[] = []
  const node = createNodeStore({
    isSecure: true,
    announce: () => {},
    connect: async (onRestore) => {
      onRestore(2_000)
      onRestore(4_000)
      throw new ConnectError('no-free-slot', 'sixteen tabs are open')
    },
  })
  node.subscribe(() => told.push(node.read()))
  await node.start()
  expect(told).toMatchObject([
    { kind: 'starting' },
    { kind: 'starting', restored: 2_000 },
    { kind: 'starting', restored: 4_000 },
    { kind: 'failed', failure: { code: 'no-free-slot' } },
  ])
})

it('starts nothing at an insecure address', async () => {
  const node = createNodeStore({
    isSecure: false,
    announce: () => {},
    connect: () => Promise.reject(new Error('never')),
  })
  await node.start()
  expect(node.read()).toEqual({ kind: 'insecure' })
})
