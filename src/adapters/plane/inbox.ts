import { channelLimits, type Message } from '../../activity/outside.ts'

export type Inbox = ReturnType<typeof createInbox>

/** Messages for one task that it has not taken yet, in the order in which they came. */
export function createInbox() {
  const messages: Message[] = []
  let waitingBytes = 0
  let isOver = false
  /** Whoever waits for a change: the task for a message, senders for room. */
  const waiting = new Set<() => void>()

  const changed = (): void => {
    for (const look of [...waiting]) look()
  }
  const hasRoom = ({ bytes }: Message): boolean =>
    messages.length < channelLimits.waiting && waitingBytes + bytes.length <= channelLimits.waitingBytes
  const add = (message: Message): void => {
    messages.push(message)
    waitingBytes += message.bytes.length
    changed()
  }
  const shift = (): Message | undefined => {
    const next = messages.shift()
    if (next) waitingBytes -= next.bytes.length
    return next
  }

  return {
    /** Once there is room. @returns whether it is there: false after so long, or where the task ended */
    async put(message: Message, patienceMs: number): Promise<boolean> {
      const isRoom = await waitFor(waiting, () => isOver || hasRoom(message) || undefined, patienceMs)
      if (!isRoom || isOver) return false
      add(message)
      return true
    },
    /** Now: the oldest make room. */
    squeeze(message: Message): void {
      if (isOver) return
      while (!hasRoom(message)) shift()
      add(message)
    },
    async take(patienceMs: number): Promise<Message | undefined> {
      await waitFor(waiting, () => isOver || messages.length > 0 || undefined, patienceMs)
      const next = shift()
      if (next) changed()
      return next
    },
    end(): void {
      isOver = true
      changed()
    },
  }
}

/** What `found` gives once it gives something: looked at whenever one of `lookers` is called, for so long. */
export function waitFor<T>(
  lookers: Set<() => void>,
  found: () => T | undefined,
  patienceMs: number,
): Promise<T | undefined> {
  const now = found()
  if (now !== undefined || patienceMs <= 0) return Promise.resolve(now)
  return new Promise((resolve) => {
    const end = (value: T | undefined): void => {
      clearTimeout(timer)
      lookers.delete(look)
      resolve(value)
    }
    const look = (): void => {
      const value = found()
      if (value !== undefined) end(value)
    }
    const timer = setTimeout(() => end(undefined), patienceMs)
    lookers.add(look)
  })
}
