/** Streams that wait for the page to sell again: more agreements than a reload leaves open. */
const mostEarly = 64

/** Streams that came before anything was sold: after a reload a requestor is often back before the page has tested itself. */
export function createEarly() {
  const waiting: (() => void)[] = []
  return {
    /** Resolves when something is sold here, and for more than a few at once. */
    sells: (): Promise<void> =>
      new Promise((resolve) => {
        waiting.push(resolve)
        if (waiting.length > mostEarly) waiting.shift()?.()
      }),
    goOn(): void {
      for (const begin of waiting.splice(0)) begin()
    },
  }
}
