import { StorageFailure } from '../storage.port.ts'

/** What the browser threw, in our three words, with the original as its cause. @param doing for the message: what was tried */
export function storageFailure(error: unknown, doing: string): StorageFailure {
  if (error instanceof StorageFailure) return error
  const name = error instanceof Error || error instanceof DOMException ? error.name : 'unknown'
  if (name === 'QuotaExceededError')
    return new StorageFailure('disk-full', `No room left on this disk while ${doing}: free some space`, {
      cause: error,
    })
  if (blockedNames.has(name))
    return new StorageFailure('storage-blocked', `This browser does not let the page keep data (${doing})`, {
      cause: error,
    })
  return new StorageFailure('storage-broken', `The browser's database failed while ${doing}: ${name}`, { cause: error })
}

/** Settings that forbid storage throw SecurityError; private windows of older Firefox throw InvalidStateError on open. */
const blockedNames: ReadonlySet<string> = new Set(['SecurityError', 'NotAllowedError'])

/** Runs `work` and rejects with StorageFailure whatever it rejects with. */
export async function guarded<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storageFailure(error, doing)
  }
}

type Transaction = { readonly done: Promise<void>; abort(): void }

/**
 * Opens a transaction and runs its writes: resolves once they are durable, or rejects with StorageFailure and none was made.
 * A write is awaited or returned by `work`, for one that nobody awaits may fail unseen.
 */
export const written = <X extends Transaction, T>(
  begin: () => X,
  doing: string,
  work: (transaction: X) => Promise<T>,
): Promise<T> =>
  guarded(doing, async () => {
    const transaction = begin()
    const [outcome, done] = await Promise.allSettled([abortUnless(transaction, work), transaction.done])
    if (outcome.status === 'rejected') throw outcome.reason
    if (done.status === 'rejected') throw done.reason
    return outcome.value
  })

async function abortUnless<X extends Transaction, T>(transaction: X, work: (transaction: X) => Promise<T>): Promise<T> {
  try {
    return await work(transaction)
  } catch (error) {
    try {
      transaction.abort()
    } catch {
      // the browser aborted it already
    }
    throw error
  }
}
