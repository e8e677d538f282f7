import { useEffect, useState } from 'react'
import { type Failure, failureOf } from '../app/failure.ts'

export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** What `load` resolves with. @param load keeps its identity between renders */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ kind: 'loading' })
  useEffect(() => {
    let isWanted = true
    load().then(
      (value) => isWanted && setLoaded({ kind: 'ready', value }),
      (cause: unknown) => isWanted && setLoaded({ kind: 'failed', failure: failureOf(cause) }),
    )
    return () => {
      isWanted = false
    }
  }, [load])
  return loaded
}
