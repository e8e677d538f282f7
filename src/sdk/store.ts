/** What changed, told at most once a frame; and views that are made anew only after something they show has changed. */
export type Store = {
  touch(keys: Iterable<string>): void
  subscribe(listener: () => void): () => void
  /** @param prefixes of keys that the view shows: `job` for `job:bafy…` */
  cached<T>(prefixes: readonly string[], make: () => T): () => T
}

/** One frame of a 60 Hz screen; a timer, because a hidden page draws none. */
const frameMs = 16

/** Resolves with the first value that is not undefined, looked for after every change. */
export function until<T>(store: Store, find: () => T | undefined): Promise<T> {
  const found = find()
  if (found !== undefined) return Promise.resolve(found)
  return new Promise((resolve) => {
    const unsubscribe = store.subscribe(() => {
      const now = find()
      if (now === undefined) return
      unsubscribe()
      resolve(now)
    })
  })
}

export function createStore(): Store {
  const listeners = new Set<() => void>()
  const caches: { prefixes: readonly string[]; isStale: boolean }[] = []
  let _timer: ReturnType<typeof setTimeout> | undefined

  function tell(): void {
    _timer = undefined
    for (const listener of [...listeners]) listener()
  }

  return {
    touch(keys) {
      for (const key of keys) {
        const [prefix = key] = key.split(':')
        for (const cache of caches) if (cache.prefixes.includes(prefix)) cache.isStale = true
      }
      _timer ??= setTimeout(tell, frameMs)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    cached<T>(prefixes: readonly string[], make: () => T) {
      const cache = { prefixes, isStale: true }
      let value: T
      caches.push(cache)
      return () => {
        if (cache.isStale) {
          value = make()
          cache.isStale = false
        }
        return value
      }
    },
  }
}
