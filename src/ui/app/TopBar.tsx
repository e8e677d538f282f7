import { Link } from 'wouter'
import type { Mesh } from '../../sdk/api.ts'
import { counted, percent } from '../parts/format.ts'
import { useDonation, useMesh, useNode, useShell } from './use-mesh.ts'

const peerCount = (mesh: Mesh): number => mesh.peers().length
const networkStatus = (mesh: Mesh) => mesh.network().status
const providerView = (mesh: Mesh) => mesh.provider()

/** Above every page: how the node stands, and Stop while it works for others. */
export function TopBar() {
  const state = useNode()
  const isReady = state.kind === 'ready'
  return (
    <header className="topbar">
      <Link href="/" className="brand">
        <img src="/icons/icon.svg" alt="" width="24" height="24" />
        <span>Tabmesh</span>
      </Link>
      <span className="spring" />
      {isReady ? (
        <Connected />
      ) : (
        <span className="status soft">
          {state.kind === 'starting' && state.restored !== undefined ? 'Reading your log…' : words[state.kind]}
        </span>
      )}
      {isReady && <Donating />}
    </header>
  )
}

const words = {
  starting: 'Joining…',
  offline: 'Offline',
  insecure: 'Not started',
  failed: 'Not started',
} as const

const statusTone = { starting: 'amber', alone: 'amber', online: 'green', stopped: 'red' } as const

function Connected() {
  const peers = useMesh(peerCount)
  const status = useMesh(networkStatus)
  const text = {
    starting: 'Looking for a relay',
    alone: 'No other tab yet',
    online: `${counted(peers, 'tab')} connected`,
    stopped: 'Left the network',
  }[status]
  return (
    <Link href="/network" className={`status ${statusTone[status]}`}>
      <span className="dot" aria-hidden="true" />
      {text}
    </Link>
  )
}

function Donating() {
  const { donation } = useShell()
  const { step } = useDonation()
  const { isOn, actualShare, targetShare } = useMesh(providerView)
  if (!isOn && step !== 'stopping') return null
  return (
    <span className="donating">
      <span
        className="donating-words"
        title={`Processor: ${percent(actualShare)} used of ${percent(targetShare)} lent`}
      >
        <span className="wide-only">Donating </span>
        <strong>{percent(actualShare)}</strong>
        <span className="soft"> of {percent(targetShare)}</span>
      </span>
      <button
        type="button"
        className="button stop"
        aria-disabled={step === 'stopping'}
        onClick={() => step !== 'stopping' && donation.stop()}
      >
        {step === 'stopping' ? 'Stopping…' : 'Stop'}
      </button>
    </span>
  )
}
