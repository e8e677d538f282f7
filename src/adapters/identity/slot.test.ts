import { describe, expect, it, vi } from 'vitest'
import { type Locks, type Session, takeSlot } from './slot.ts'

/** Web Locks as far as slots need them: exclusive, with ifAvailable and signal. */
function browser() {
  const held = new Set<string>()
  const queue: (() => void)[] = []
  const request = async (
    name: string,
    options: LockOptions,
    grant: (lock: Lock | null) => unknown,
  ): Promise<unknown> => {
    while (held.has(name)) {
      if (options.ifAvailable) return grant(null)
      await new Promise<void>((free, reject) => {
        queue.push(free)
        options.signal?.addEventListener('abort', () => reject(options.signal?.reason))
      })
    }
    held.add(name)
    await grant({ name, mode: 'exclusive' })
    held.delete(name)
    for (const free of queue.splice(0)) free()
  }
  return { request } as unknown as Locks
}

function tab(copied?: Session & { entries: Map<string, string> }) {
  const entries = new Map(copied?.entries)
  return {
    entries,
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
  }
}

async function taken(locks: Locks, session?: Session) {
  const slot = await takeSlot({ locks, session })
  if (!slot.ok) throw new Error(slot.code)
  return slot.value
}

describe('identity slot', () => {
  it('is the lowest free one for a new tab', async () => {
    const locks = browser()
    const [zero, one] = [await taken(locks, tab()), await taken(locks, tab())]
    expect([zero.slot, one.slot]).toEqual([0, 1])
    zero.release()
    await vi.waitFor(async () => expect((await taken(locks, tab())).slot).toBe(0))
  })

  it('is the one that is asked for, and refused while another tab has it', async () => {
    const locks = browser()
    const wanted = () => takeSlot({ locks, session: tab(), wanted: 7 })
    const first = await wanted()
    expect(first).toMatchObject({ ok: true, value: { slot: 7 } })
    expect(await wanted()).toEqual({ ok: false, code: 'slot-taken', facts: { slot: 7 } })
    const reloading = wanted()
    if (first.ok) first.value.release()
    expect(await reloading).toMatchObject({ ok: true, value: { slot: 7 } })
  })

  it('is the same after a reload, though a lower one is free, even if the former self is slow to go', async () => {
    const locks = browser()
    const zero = await taken(locks, tab())
    const session = tab()
    const before = await taken(locks, session)
    zero.release()
    const reloading = taken(locks, session)
    before.release()
    expect(await reloading).toMatchObject({ slot: 1, resumed: true })
  })

  it('is another one for a duplicated tab, after a second', async () => {
    vi.useFakeTimers()
    const locks = browser()
    const session = tab()
    await taken(locks, session)
    const copy = tab(session)
    const controller = new AbortController()
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(controller.signal)
    const duplicate = taken(locks, copy)
    expect(timeout).toHaveBeenCalledWith(1_000)
    controller.abort(new DOMException('', 'TimeoutError'))
    expect(await duplicate).toMatchObject({ slot: 1, resumed: false })
    expect(copy.entries.get('tabmesh-slot')).toBe('1')
    timeout.mockRestore()
    vi.useRealTimers()
  })

  it('ignores a former slot that makes no sense, and a session that is forbidden', async () => {
    const locks = browser()
    const odd = tab()
    odd.setItem('tabmesh-slot', '1e3')
    expect((await taken(locks, odd)).slot).toBe(0)
    const forbidden: Session = {
      getItem: () => {
        throw new DOMException('', 'SecurityError')
      },
      setItem: () => {
        throw new DOMException('', 'SecurityError')
      },
    }
    expect((await taken(locks, forbidden)).slot).toBe(1)
  })

  it('runs out after 64 tabs', async () => {
    const locks = browser()
    for (let n = 0; n < 64; n++) await taken(locks, tab())
    expect(await takeSlot({ locks, session: tab() })).toMatchObject({ ok: false, code: 'no-free-slot' })
  })

  it('is 0 without Web Locks', async () => {
    vi.stubGlobal('navigator', {})
    expect(await takeSlot()).toMatchObject({ ok: true, value: { slot: 0 } })
    vi.unstubAllGlobals()
  })
})
