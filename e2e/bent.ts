import type { TaskOutcome } from '../src/activity/task.ts'
import type { Tab } from './harness.ts'

declare global {
  interface Window {
    /** What becomes of an outcome on its way from the sandbox to the page, which has it when `pass` is called. */
    bends?: ((outcome: { -readonly [K in keyof TaskOutcome]: TaskOutcome[K] }, pass: () => void) => void) | undefined
    held?: (() => void)[]
  }
}

/**
 * A person who has changed their tab: what their sandbox brings goes through `window.bends` before the page sees it. The page knows
 * nothing of it. To be run before the page's own scripts.
 */
export function bendable(): void {
  const known = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage')!
  Object.defineProperty(MessagePort.prototype, 'onmessage', {
    ...known,
    set(this: MessagePort, hear: ((event: MessageEvent) => void) | null) {
      const bent = (event: MessageEvent): void => {
        const pass = (): void => hear?.call(this, event)
        if (window.bends && event.data?.kind === 'done') window.bends(event.data.outcome, pass)
        else pass()
      }
      known.set?.call(this, hear && bent)
    },
  })
}

/** From now on a tab says of every program that it wrote this, and signs that. */
export const lie = (tab: Tab, text: string): Promise<void> =>
  tab.page.evaluate((text) => {
    window.bends = (outcome, pass) => {
      outcome.stdout = new TextEncoder().encode(text)
      pass()
    }
  }, text)

/** From now on a tab computes and does not learn of it. */
export const hold = (tab: Tab): Promise<void> =>
  tab.page.evaluate(() => {
    const held: (() => void)[] = []
    window.held = held
    window.bends = (_, pass) => void held.push(pass)
  })

export const release = (tab: Tab): Promise<void> =>
  tab.page.evaluate(() => {
    window.bends = undefined
    for (const pass of window.held ?? []) pass()
  })
