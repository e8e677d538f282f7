import { useSyncExternalStore } from 'react'

const dark = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : undefined
const read = (): 'dark' | 'light' => (dark?.matches ? 'dark' : 'light')
function subscribe(changed: () => void): () => void {
  dark?.addEventListener('change', changed)
  return () => dark?.removeEventListener('change', changed)
}

/** The colours that the person's system asks for: what is painted on a canvas is painted anew when they change. */
export const useScheme = (): 'dark' | 'light' => useSyncExternalStore(subscribe, read)
