/** Lets go of a turn. */
type Release = () => void
type Asked = { readonly signal?: AbortSignal | undefined }

/** A lock within one page: readers together, a writer alone, all in the order they came. */
export function createTurns() {
  let written: Promise<unknown> = Promise.resolve()
  let everybody: Promise<unknown> = Promise.resolve()

  /** @throws the signal's reason, where that came before the turn */
  async function turnBehind(before: Promise<unknown>, isWriter: boolean, { signal }: Asked = {}): Promise<Release> {
    const { promise: over, resolve: release } = Promise.withResolvers<void>()
    everybody = Promise.all([everybody, over])
    if (isWriter) written = everybody
    const given = Promise.withResolvers<never>()
    const giveUp = (): void => given.reject(signal?.reason)
    signal?.addEventListener('abort', giveUp)
    try {
      signal?.throwIfAborted()
      await Promise.race([before, given.promise])
      return release
    } catch (error) {
      release()
      throw error
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  return {
    readLock: (asked?: Asked) => turnBehind(written, false, asked),
    writeLock: (asked?: Asked) => turnBehind(everybody, true, asked),
    finalize: (): void => {},
  }
}
