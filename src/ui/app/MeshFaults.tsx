import { useState } from 'react'
import type { Fault, Mesh } from '../../sdk/api.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { useMesh } from './use-mesh.ts'

/** What a person must decide about; the ordinary trouble of a network stands on its page and mends itself. */
const personal: ReadonlySet<string> = new Set([
  'data-cap-reached',
  'disk-full',
  'storage-blocked',
  'storage-broken',
  'credit-exhausted',
  'source-lost',
])
/** Each time a new decision; of the others one telling is enough. */
const everyTime = 'data-cap-reached'

const faultsOf = (mesh: Mesh) => mesh.faults()
const isDonating = (mesh: Mesh): boolean => mesh.provider().isOn

/** Faults of this node that matter to whoever sits before it, each told once, until it is put away. */
export function MeshFaults() {
  const faults = useMesh(faultsOf)
  const isOn = useMesh(isDonating)
  const [putAway, setPutAway] = useState<Readonly<Record<string, number>>>({})
  const newest = new Map<string, Fault>()
  for (const fault of faults) if (personal.has(fault.code)) newest.set(fault.code, fault)
  if (isOn) newest.delete(everyTime) // it was raised, or the day is over: the work goes on
  const shown = [...newest.values()].filter(({ code, at }) => at > (putAway[code] ?? 0))
  return shown.map(({ code, phase, at, message }) => (
    <FailureNotice key={code} failure={{ code, phase, message }} tone="amber">
      <button
        type="button"
        className="button"
        onClick={() => setPutAway({ ...putAway, [code]: code === everyTime ? at : Number.POSITIVE_INFINITY })}
      >
        All right
      </button>
    </FailureNotice>
  ))
}
