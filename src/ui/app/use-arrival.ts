import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'

const titles: Readonly<Record<string, string>> = { '': 'Donate', run: 'Run', jobs: 'Jobs', network: 'Network' }

/** On another page: its name in the tab, its top in view, and the keyboard at its beginning. */
export function useArrival(): void {
  const [location] = useLocation()
  const last = useRef(location)
  useEffect(() => {
    document.title = `${titles[location.split('/')[1] ?? ''] ?? 'Lost'} · Tabmesh`
    if (last.current === location) return
    last.current = location
    scrollTo(0, 0)
    document.getElementById('content')?.focus({ preventScroll: true })
  }, [location])
}
