import { useCallback, useEffect, useState } from 'react'
import type { Mesh } from '../../sdk/api.ts'
import { unlessSame } from './unless-same.ts'
import { useNodeHandle } from './use-mesh.ts'

/** What wears off by the day, or changes with a finished job, is looked at as often as a person looks. */
const lookAgainMs = 1_000

/**
 * What `look` finds, looked up again every second: for views that are made anew with each call. @param look keeps its identity between renders
 * @returns what was found, and how to look at once
 */
export function useLooked<T>(look: (mesh: Mesh) => T): readonly [found: T, again: () => void] {
  const mesh = useNodeHandle()
  const [found, setFound] = useState(() => look(mesh))
  const again = useCallback(() => setFound((before) => unlessSame(before, look(mesh))), [mesh, look])
  useEffect(() => {
    again()
    const timer = setInterval(again, lookAgainMs)
    return () => clearInterval(timer)
  }, [again])
  return [found, again]
}
