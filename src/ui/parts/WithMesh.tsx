import type { ReactNode } from 'react'
import { useNode } from '../app/use-mesh.ts'
import { Awaiting } from './Awaiting.tsx'

/** Shows what needs a running node once there is one; until then `instead`, or what is awaited. */
export function WithMesh({ children, instead }: { children: ReactNode; instead?: ReactNode }) {
  const state = useNode()
  if (state.kind === 'ready') return children
  if (instead !== undefined) return instead
  return state.kind === 'starting' ? <Awaiting what="Joining the network" /> : null
}
