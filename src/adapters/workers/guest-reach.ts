import { hostError } from '../../activity/host-abi.ts'
import type { Answer, Ask } from '../../activity/outside.ts'

/** What speaks for one program to whoever answers what it asks for. */
export type ReachLine = {
  ask(ask: Ask): void
  /** Where a thread may block: waits for the next word to it and hears it. */
  readonly waitForWord?: (() => void) | undefined
}
export type Reach = ReturnType<typeof createReach>

/** The calls in which a program stands still for what it asked for. */
export const asking = ['http_request', 'channel_send', 'channel_receive'] as const

const nothing = new Uint8Array(0)
const utf8 = new TextEncoder()

/** What one program has outside: one question at a time, the last answer that was fetched, and who spoke last. */
export function createReach({ ask, waitForWord }: ReachLine) {
  const last: { answer: Answer | undefined } = { answer: undefined }
  const fetched = { isThere: false, type: nothing as Uint8Array, body: nothing as Uint8Array, readBytes: 0 }
  let from: number = hostError.absent
  let waitedMs = 0
  let wake: (() => void) | undefined

  /** Gives a promise where the program can be suspended, and blocks where it cannot. */
  function asked(what: Ask, told: (answer: Answer) => number): number | Promise<number> {
    const since = performance.now()
    last.answer = undefined
    ask(what)
    const goOn = (): number => {
      waitedMs += performance.now() - since
      const { answer } = last
      return answer && answer.kind !== 'none' ? told(answer) : hostError[answer?.why ?? 'failed']
    }
    if (!waitForWord)
      return new Promise((resolve, reject) => {
        wake = () => {
          try {
            resolve(goOn())
          } catch (cause) {
            reject(cause)
          }
        }
      })
    while (!last.answer) waitForWord()
    return goOn()
  }

  return {
    mayBlock: waitForWord !== undefined,
    request(request: Uint8Array): number | Promise<number> {
      Object.assign(fetched, { isThere: false, body: nothing, readBytes: 0 })
      return asked({ kind: 'fetch', request }, (answer) => {
        if (answer.kind !== 'answer') return hostError.failed
        Object.assign(fetched, { isThere: true, type: utf8.encode(answer.type), body: answer.body })
        return answer.status
      })
    },
    send: (to: number, bytes: Uint8Array, mayDrop: boolean): number | Promise<number> =>
      asked({ kind: 'send', to, bytes, mayDrop }, () => bytes.length),
    /** @param put writes a message, or as much of it as there is place for; throws where there is none */
    receive: (waitMs: number, put: (bytes: Uint8Array) => void): number | Promise<number> =>
      asked({ kind: 'receive', waitMs }, (answer) => {
        if (answer.kind !== 'message') return hostError.failed
        put(answer.bytes)
        from = answer.from
        return answer.bytes.length
      }),
    from: () => from,
    hear(answer: Answer): void {
      last.answer = answer
      wake?.()
      wake = undefined
    },
    type: () => (fetched.isThere ? fetched.type : undefined),
    /** @param into memory of so many bytes; throws where there is none */
    read(into: (length: number) => Uint8Array, most: number): number {
      if (!fetched.isThere) return hostError.absent
      const some = fetched.body.subarray(fetched.readBytes, fetched.readBytes + most)
      into(some.length).set(some)
      fetched.readBytes += some.length
      return some.length
    },
    fetchedBytes: () => fetched.body.length,
    waitedUs: () => Math.round(waitedMs * 1_000),
  }
}
