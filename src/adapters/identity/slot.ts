import { ok, type Result, refuse } from '../../kernel/result.ts'

/** One of this browser's identities, held by this tab alone until it ends. */
export type Slot = {
  readonly slot: number
  /** True where this tab was this identity before its reload. */
  readonly resumed: boolean
  /** Lets another tab have it. A tab that is closed or reloaded need not call it. */
  release(): void
}

/** The part of Web Locks that is needed. */
export type Locks = Pick<LockManager, 'request'>
/** The part of sessionStorage that is needed: it survives a reload and is copied into a duplicated tab. */
export type Session = Pick<globalThis.Storage, 'getItem' | 'setItem'>

/** A browser with more tabs of one page than that has no use for one more. */
const mostSlots = 64
/** How long a reloaded tab waits for its former self to let go. A duplicated tab waits as long, in vain, and is somebody else. */
const formerSelfMs = 1_000
const sessionKey = 'tabmesh-slot'

/**
 * Takes an identity slot: the one this tab had before, if it is free within a second, else the lowest free one.
 * Without Web Locks (Node) there is one slot, 0. Refuses `no-free-slot` with 64 tabs open, and `slot-taken` where the one that
 * is `wanted` does not come free within that second: two nodes with one key and one log would contradict each other.
 */
export async function takeSlot({
  locks = globalThis.navigator?.locks,
  session = globalThis.sessionStorage,
  wanted,
}: {
  locks?: Locks | undefined
  session?: Session | undefined
  wanted?: number | undefined
} = {}): Promise<Result<Slot, 'no-free-slot' | 'slot-taken'>> {
  if (!locks) return ok({ slot: wanted ?? 0, resumed: false, release: () => {} })
  if (wanted !== undefined) {
    const release = await hold(locks, wanted, { waitMs: formerSelfMs })
    return release ? ok({ slot: wanted, resumed: false, release }) : refuse('slot-taken', { slot: wanted })
  }
  const former = formerSlot(session)
  const resumed = former !== undefined && (await hold(locks, former, { waitMs: formerSelfMs }))
  if (resumed) return ok({ slot: former, resumed: true, release: resumed })
  for (let slot = 0; slot < mostSlots; slot++) {
    const release = await hold(locks, slot, {})
    if (!release) continue
    remember(session, slot)
    return ok({ slot, resumed: false, release })
  }
  return refuse('no-free-slot', { mostSlots })
}

function formerSlot(session: Session | undefined): number | undefined {
  try {
    const text = session?.getItem(sessionKey) ?? ''
    return /^\d{1,2}$/.test(text) && Number(text) < mostSlots ? Number(text) : undefined
  } catch {
    return undefined // storage is forbidden: a reload will be somebody else
  }
}

function remember(session: Session | undefined, slot: number): void {
  try {
    session?.setItem(sessionKey, String(slot))
  } catch {
    // as above
  }
}

/** Holds the lock of a slot. @returns what lets it go, or undefined where somebody else holds it, after `waitMs` */
function hold(locks: Locks, slot: number, { waitMs }: { waitMs?: number }): Promise<(() => void) | undefined> {
  const options = waitMs === undefined ? { ifAvailable: true } : { signal: AbortSignal.timeout(waitMs) }
  return new Promise((resolve, reject) => {
    const request = locks.request(`tabmesh-slot-${slot}`, options, (lock) => {
      if (!lock) return resolve(undefined)
      return new Promise<void>((release) => resolve(release))
    })
    request.catch((error: unknown) => {
      const waited = error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError')
      waited ? resolve(undefined) : reject(error)
    })
  })
}
