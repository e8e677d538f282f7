import 'fake-indexeddb/auto'
import { expect, it } from 'vitest'
import type { PreparedComponent } from '../../activity/component-prepare.ts'
import { preparedStore } from './prepared-store.ts'

const program = (glue: string): PreparedComponent => ({
  runtime: 'component',
  functions: [],
  glue,
  cores: [{ name: 'a.wasm', bytes: new Uint8Array([1]), hasStart: false, hasMemory: true }],
  stackUnits: 7,
})

it('keeps what was used last, across reloads', async () => {
  let now = 0
  const store = preparedStore(() => now++)
  for (let i = 0; i < 16; i++) await store.write(`key ${i}`, program(`glue ${i}`))
  expect(await store.read('key 0')).toEqual(program('glue 0'))
  await store.write('another', program('more'))
  const reloaded = preparedStore(() => now++)
  expect((await reloaded.read('key 0'))?.glue).toBe('glue 0')
  expect(await reloaded.read('key 1')).toBe(undefined)
  expect((await reloaded.read('another'))?.glue).toBe('more')
})
