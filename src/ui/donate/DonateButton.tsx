import type { Mesh } from '../../sdk/api.ts'
import { useDonation, useMesh, useNode, useShell } from '../app/use-mesh.ts'
import { counted } from '../parts/format.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { restoringWords } from '../parts/WithMesh.tsx'

const isDonating = (mesh: Mesh): boolean => mesh.provider().isOn
const requestorCount = (mesh: Mesh): number => new Set(mesh.provider().working.map(({ requestor }) => requestor)).size

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
          ? `${state.restored === undefined ? 'Joining the network.' : `${restoringWords(state.restored)}.`} Nothing runs before you press the button.`
          : 'Not connected: see above.'}
      </p>
    </>
  )
}

function ReadyButton() {
  const { donation } = useShell()
  const { step, failure } = useDonation()
  const isOn = useMesh(isDonating)
  const requestors = useMesh(requestorCount)
  const press = (): void => {
    if (step === 'still') void (isOn ? donation.stop() : donation.start())
  }
  return (
    <>
      <button
        type="button"
        className={isOn ? 'button main stop' : 'button main'}
        aria-disabled={step !== 'still'} // not disabled: it keeps the keyboard's place
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
        {!isOn
          ? 'Off. Nothing runs here for others.'
          : requestors > 0
            ? `On. Working for ${counted(requestors, 'other tab')}.`
            : 'On. Work comes when somebody asks for it.'}
      </p>
      {failure && <FailureNotice failure={failure} />}
    </>
  )
}
