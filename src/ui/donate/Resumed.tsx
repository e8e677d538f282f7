import type { Mesh } from '../../sdk/api.ts'
import { useDonation, useMesh, useShell } from '../app/use-mesh.ts'
import { Notice } from '../parts/Notice.tsx'

const isDonating = (mesh: Mesh): boolean => mesh.provider().isOn

/** Said after a reload of a tab that was donating: it goes on by itself. */
export function Resumed() {
  const { donation } = useShell()
  const { isResumed } = useDonation()
  const isOn = useMesh(isDonating)
  if (!isResumed || !isOn) return null
  return (
    <Notice tone="green" isLine>
      <p role="status">
        <strong>Donating goes on.</strong> You started it before this page was reloaded.
      </p>
      <span className="row">
        <button type="button" className="button" onClick={() => donation.stop()}>
          Stop donating
        </button>
        <button type="button" className="button quiet" onClick={donation.dismissNotice}>
          All right
        </button>
      </span>
    </Notice>
  )
}
