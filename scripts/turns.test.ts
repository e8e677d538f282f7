import { describe, expect, it } from 'vitest'
import { createTurns } from './turns.ts'

/** What happened until nothing more does by itself. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('turns', () => {
  it('lets readers in together, a writer alone, and whoever came later behind', async () => {
    const turns = createTurns()
    const seen: string[] = []
    const come = async (name: string, turn: Promise<() => void>) => {
      const release = await turn
      seen.push(name)
      return release
    }
    const a = come('read a', turns.readLock())
    const b = come('read b', turns.readLock())
    const c = come('write c', turns.writeLock())
    const d = come('read d', turns.readLock())
    await settled()
    expect(seen).toEqual(['read a', 'read b'])
    for (const reader of [a, b]) (await reader)()
    await settled()
    expect(seen).toEqual(['read a', 'read b', 'write c'])
    ;(await c)()
    ;(await d)()
    expect(seen).toEqual(['read a', 'read b', 'write c', 'read d'])
  })

  it('waits no longer for whoever gave up', async () => {
    const turns = createTurns()
    const first = await turns.writeLock()
    const leaving = new AbortController()
    const second = turns.writeLock({ signal: leaving.signal })
    leaving.abort(new Error('gave up'))
    await expect(second).rejects.toThrow('gave up')
    await expect(turns.readLock({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late')
    first()
    expect(await turns.writeLock()).toBeTypeOf('function')
  })
})
