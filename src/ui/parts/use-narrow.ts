import { useSyncExternalStore } from 'react'

/** The width from which lists and pictures stand side by side elsewhere too. */
const narrow = typeof matchMedia === 'function' ? matchMedia('(max-width: 44rem)') : undefined
const read = (): boolean => narrow?.matches ?? false
function subscribe(changed: () => void): () => void {
  narrow?.addEventListener('change', changed)
  return () => narrow?.removeEventListener('change', changed)
}

/** Whether the page is as narrow as a phone. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, read)
