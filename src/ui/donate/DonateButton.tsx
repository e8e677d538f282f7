import type { Mesh } from '../../sdk/api.ts'
import { useDonation, useMesh, useNode, useShell } from '../app/use-mesh.ts'
import { FailureNotice } from '../parts/Notice.tsx'

const isDonating = (mesh: Mesh): boolean => mesh.provider().isOn

/** The one filled button: it is there at once, and can be pressed once the node has started. */
export function DonateButton() {
  const state = useNode()
  if (state.kind === 'ready') return <ReadyButton />
  return (
    <>
      <button type="button" className="button main" disabled>
        Start donating
      </button>
      <p className="soft under-button" role="status">
        {state.kind === 'starting'
          ? 'Joining the network. Nothing runs before you press the button.'
          : 'Not connected.'}
      </p>
    </>
  )
}

function ReadyButton() {
  const { donation } = useShell()
  const { step, failure } = useDonation()
  const isOn = useMesh(isDonating)
  const press = (): void => void (isOn ? donation.stop() : donation.start())
  return (
    <>
      <button
        type="button"
        className={isOn ? 'button main stop' : 'button main'}
        disabled={step !== 'still'}
        onClick={press}
      >
        {step === 'starting'
          ? 'Starting…'
          : step === 'stopping'
            ? 'Stopping…'
            : isOn
              ? 'Stop donating'
              : 'Start donating'}
      </button>
      <p className="soft under-button" role="status">
        {isOn ? 'On. Work comes when somebody asks for it.' : 'Off. Nothing runs here for others.'}
      </p>
      {failure && <FailureNotice failure={failure} />}
    </>
  )
}
