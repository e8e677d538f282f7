/** Keeps the screen on as long as the page is seen; the browser takes it away with the tab and it is asked for again. */
export type ScreenLock = { start(): void; stop(): void }

/** @param changed is told whether the screen is held on now */
export function createScreenLock(changed: (isHeld: boolean) => void): ScreenLock {
  let isWanted = false
  let held: WakeLockSentinel | undefined
  let asking: Promise<void> | undefined

  const ask = async (): Promise<void> => {
    try {
      const lock = await navigator.wakeLock.request('screen')
      if (!isWanted) return await lock.release()
      held = lock
      lock.onrelease = () => {
        if (held === lock) held = undefined
        changed(held !== undefined)
      }
      changed(true)
    } catch {
      changed(false) // hidden, or low on battery: asked for again when the page is seen again
    }
  }
  const askWhenSeen = (): void => {
    if (!isWanted || held || asking || document.visibilityState !== 'visible') return
    asking = ask().finally(() => {
      asking = undefined
    })
  }
  return {
    start() {
      if (isWanted || !canHoldScreen()) return
      isWanted = true
      document.addEventListener('visibilitychange', askWhenSeen)
      askWhenSeen()
    },
    stop() {
      isWanted = false
      document.removeEventListener('visibilitychange', askWhenSeen)
      void held?.release().catch(() => {})
      held = undefined
      changed(false)
    },
  }
}

export const canHoldScreen = (): boolean => 'wakeLock' in navigator
