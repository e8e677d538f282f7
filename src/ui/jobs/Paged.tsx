import { type ReactNode, useState } from 'react'
import { whole } from '../parts/format.ts'

type PagedProps<T> = {
  readonly items: readonly T[]
  /** What one item is called. */
  readonly one: string
  /** How many are drawn at once; fifty rows are two screens, and few enough to be drawn within a frame. */
  readonly length?: number
  readonly children: (shown: readonly T[]) => ReactNode
}

/** A long list, a page at a time: only what is shown is drawn. */
export function Paged<T>({ items, one, length = 50, children }: PagedProps<T>) {
  const [wanted, setPage] = useState(0)
  const pages = Math.max(1, Math.ceil(items.length / length))
  const page = Math.min(wanted, pages - 1)
  return (
    <>
      {children(items.slice(page * length, (page + 1) * length))}
      {pages > 1 && (
        <nav className="row pages" aria-label={`Pages of ${one}s`}>
          <button type="button" className="button" disabled={page === 0} onClick={() => setPage(page - 1)}>
            Earlier
          </button>
          <span className="small soft number">
            {whole(page + 1)} of {whole(pages)}
          </span>
          <button type="button" className="button" disabled={page === pages - 1} onClick={() => setPage(page + 1)}>
            Later
          </button>
        </nav>
      )}
    </>
  )
}
