import type { ReactNode } from 'react'
import { useNode } from '../app/use-mesh.ts'
import { Awaiting } from './Awaiting.tsx'
import { counted } from './format.ts'

/** A log of fifty thousand entries takes seconds to read: it is counted aloud instead of waited for in silence. */
function Starting({ restored }: { restored: number | undefined }) {
  if (restored === undefined) return <Awaiting what="Joining the network" />
  return <p className="soft">{restoringWords(restored)}</p>
}

/** Shows what needs a running node once there is one; until then `instead`, or what is awaited. */
export function WithMesh({ children, instead }: { children: ReactNode; instead?: ReactNode }) {
  const state = useNode()
  if (state.kind === 'ready') return children
  if (instead !== undefined) return instead
  if (state.kind === 'starting') return <Starting restored={state.restored} />
  return <p className="soft">This shows once the page has joined the network.</p>
}

export const restoringWords = (restored: number): string => `Reading your log: ${counted(restored, 'entry', 'entries')}`
