import { StorageFailure } from '../storage.port.ts'

/** Writes that may share one transaction: more would hold readers of the same store back for too long. */
const mostTogether = 512
/** Writes that may wait while the disk is busy: a disk this far behind is not coming back, and memory is not endless. */
const mostWaiting = 16_384

/**
 * Lets concurrent writes share a transaction: while one is in flight the next ones gather, and go together.
 * @param commit stores a batch and resolves, once durable, with one answer for each; if it rejects, so does every write of the batch
 */
export function groupCommit<Write, Answer>(
  commit: (batch: readonly Write[]) => Promise<readonly Answer[]>,
): (write: Write) => Promise<Answer> {
  type Waiting = { write: Write; resolve: (answer: Answer) => void; reject: (error: unknown) => void }
  const waiting: Waiting[] = []
  let busy = false

  async function drain(): Promise<void> {
    busy = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, mostTogether)
      try {
        const answers = await commit(batch.map(({ write }) => write))
        batch.forEach(({ resolve }, i) => {
          resolve(answers[i] as Answer)
        })
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    busy = false
  }

  return (write) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= mostWaiting) {
        reject(new StorageFailure('storage-broken', `The disk is ${mostWaiting} writes behind`))
        return
      }
      waiting.push({ write, resolve, reject })
      if (!busy) void drain()
    })
}
