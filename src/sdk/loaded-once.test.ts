import { expect, it } from 'vitest'
import { loadedOnce } from './loaded-once.ts'

it('is loaded by the first who asks, for everybody', async () => {
  let loads = 0
  const driver = loadedOnce(async () => ++loads)

  expect(await Promise.all([driver(), driver()])).toEqual([1, 1])
  expect(await driver()).toBe(1)
})

it('is tried again where the server was away', async () => {
  let isThere = false
  const driver = loadedOnce(async () => {
    if (!isThere) throw new Error('no server')
    return 'driver'
  })

  await expect(driver()).rejects.toThrow('no server')
  isThere = true
  expect(await driver()).toBe('driver')
})
