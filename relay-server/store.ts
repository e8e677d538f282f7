import type { Libp2pInit } from 'libp2p'
import { setBounded } from '../src/kernel/bound.ts'

type Datastore = NonNullable<Libp2pInit['datastore']>
type Key = Parameters<Datastore['get']>[0]
type Pair = { key: Key; value: Uint8Array }
type Family = { readonly prefix: string; readonly most: number }

/**
 * Where libp2p keeps what strangers tell it: in memory, and the oldest entry of a family makes room for the newest. libp2p's
 * own store in memory grows for ever.
 * @param families which keys are counted together; the first matching prefix wins, and the last should be ''
 */
export function boundedStore(families: readonly Family[]): Datastore {
  const kept = families.map((family) => ({ ...family, pairs: new Map<string, Pair>() }))
  const familyOf = (key: Key) => kept.find(({ prefix }) => key.toString().startsWith(prefix))!
  const all = (prefix = ''): Pair[] =>
    kept.flatMap(({ pairs }) => [...pairs.values()]).filter(({ key }) => key.toString().startsWith(prefix))

  const store: Datastore = {
    has: (key) => familyOf(key).pairs.has(key.toString()),
    get: (key) => {
      const found = familyOf(key).pairs.get(key.toString())
      if (found === undefined) throw Object.assign(new Error(`nothing under ${key}`), { name: 'NotFoundError' })
      return found.value
    },
    put: (key, value) => {
      const { pairs, most } = familyOf(key)
      setBounded(pairs, key.toString(), { key, value }, most)
      return key
    },
    delete: (key) => {
      familyOf(key).pairs.delete(key.toString())
    },
    async *putMany(source) {
      for await (const { key, value } of source) yield store.put(key, value)
    },
    async *getMany(source) {
      for await (const key of source) yield { key, value: await store.get(key) }
    },
    async *deleteMany(source) {
      for await (const key of source) {
        store.delete(key)
        yield key
      }
    },
    batch: () => {
      const steps: (() => void)[] = []
      return {
        put: (key, value) => void steps.push(() => store.put(key, value)),
        delete: (key) => void steps.push(() => store.delete(key)),
        commit: () => {
          for (const step of steps.splice(0)) step()
        },
      }
    },
    *query({ prefix, filters = [], orders = [], offset = 0, limit = Number.POSITIVE_INFINITY }) {
      yield* chosen(all(prefix), filters, orders).slice(offset, offset + limit)
    },
    *queryKeys({ prefix, filters = [], orders = [], offset = 0, limit = Number.POSITIVE_INFINITY }) {
      const keys = all(prefix).map(({ key }) => key)
      yield* chosen(keys, filters, orders).slice(offset, offset + limit)
    },
  }
  return store
}

function chosen<T>(items: T[], filters: ((item: T) => boolean)[], orders: ((one: T, other: T) => number)[]): T[] {
  return orders.reduce(
    (sorted, order) => sorted.sort(order),
    items.filter((item) => filters.every((filter) => filter(item))),
  )
}
