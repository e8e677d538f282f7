import { hostError } from '../../activity/host-abi.ts'
import type { FetchAnswer } from '../../activity/outbound.ts'

/** What speaks for one program to whoever fetches for it. */
export type ReachLine = {
  ask(request: Uint8Array): void
  /** Where a thread may block: waits for the next word to it and hears it. */
  readonly waitForWord?: (() => void) | undefined
}
export type Reach = ReturnType<typeof createReach>

const nothing = new Uint8Array(0)
const utf8 = new TextEncoder()

/** What one program has outside: one request at a time, and the answer to the last of them. */
export function createReach({ ask, waitForWord }: ReachLine) {
  const last: { answer: FetchAnswer | undefined } = { answer: undefined }
  let body: Uint8Array = nothing
  let readBytes = 0
  let waitedMs = 0
  let wake: (() => void) | undefined

  return {
    mayBlock: waitForWord !== undefined,
    /** Gives a promise where the program can be suspended, and blocks where it cannot. */
    request(request: Uint8Array): number | Promise<number> {
      const since = performance.now()
      last.answer = undefined
      body = nothing
      readBytes = 0
      ask(request)
      const told = (): number => {
        waitedMs += performance.now() - since
        const { answer } = last
        if (answer?.kind !== 'answer') return hostError[answer?.why ?? 'failed']
        body = answer.body
        return answer.status
      }
      if (!waitForWord)
        return new Promise((resolve) => {
          wake = () => resolve(told())
        })
      while (!last.answer) waitForWord()
      return told()
    },
    hear(answer: FetchAnswer): void {
      last.answer = answer
      wake?.()
      wake = undefined
    },
    type: () => (last.answer?.kind === 'answer' ? utf8.encode(last.answer.type) : undefined),
    /** @param into memory of so many bytes; throws where there is none */
    read(into: (length: number) => Uint8Array, most: number): number {
      if (last.answer?.kind !== 'answer') return hostError.absent
      const some = body.subarray(readBytes, readBytes + most)
      into(some.length).set(some)
      readBytes += some.length
      return some.length
    },
    fetchedBytes: () => body.length,
    waitedUs: () => Math.round(waitedMs * 1_000),
  }
}
