import { expect, it } from 'vitest'
import { boundedStore } from './store.ts'

type Key = Parameters<ReturnType<typeof boundedStore>['get']>[0]
const key = (text: string): Key => ({ toString: () => text }) as Key

it('the oldest entry of a family makes room, and the other families keep theirs', async () => {
  const store = boundedStore([
    { prefix: '/dht/record', most: 2 },
    { prefix: '', most: 1 },
  ])
  await store.put(key('/peers/a'), Uint8Array.of(9))
  for (const at of [1, 2, 3]) await store.put(key(`/dht/record/${at}`), Uint8Array.of(at))
  expect(() => store.get(key('/dht/record/1'))).toThrow(expect.objectContaining({ name: 'NotFoundError' }))
  const found: number[] = []
  for await (const { value } of store.query({
    prefix: '/dht',
    orders: [(one, other) => (one.value[0]! < other.value[0]! ? 1 : -1)],
  })) {
    found.push(value[0]!)
  }
  expect(found).toEqual([3, 2])
  expect(await store.has(key('/peers/a'))).toBe(true)
})
