import type { Mesh } from '../../sdk/api.ts'
import { useMesh, useNode, useNodeHandle, useShell } from '../app/use-mesh.ts'
import { Guilds } from '../guilds/Guilds.tsx'
import { CopyButton } from '../parts/CopyButton.tsx'
import { Peer } from '../parts/Peer.tsx'
import { Switch } from '../parts/Switch.tsx'
import { Term } from '../parts/Term.tsx'
import { WithMesh } from '../parts/WithMesh.tsx'
import { Lists } from '../peers/Lists.tsx'
import { DialForm } from './DialForm.tsx'
import { Faults } from './Faults.tsx'
import { Invite } from './Invite.tsx'
import { Peers } from './Peers.tsx'
import { Relays } from './Relays.tsx'
import { SelfTest } from './SelfTest.tsx'
import '../look/results.css'
import '../look/network.css'

/** Am I well connected? */
export function NetworkPage() {
  return (
    <>
      <header>
        <h1>Your connections</h1>
        <p className="lead">
          Tabs talk to each other directly, over <Term word="webrtc">WebRTC</Term>. A <Term word="relay">relay</Term>{' '}
          introduces them and, where no direct path can be had, carries their words under a budget.
        </p>
      </header>
      <WithMesh>
        <div className="two">
          <section className="stack" aria-labelledby="peers-title">
            <h2 id="peers-title">Other tabs</h2>
            <Peers />
            <DialForm />
          </section>
          <Invite />
        </div>
        <Relays />
        <Guilds />
        <Lists />
        <Identity />
      </WithMesh>
      <Offline />
      <SelfTest />
      <WithMesh instead={null}>
        <Faults />
      </WithMesh>
    </>
  )
}

const addressesOf = (mesh: Mesh) => mesh.network().addresses

function Identity() {
  const { did, peerId } = useNodeHandle()
  const addresses = useMesh(addressesOf)
  return (
    <section className="stack" aria-labelledby="identity-title">
      <h2 id="identity-title">This tab</h2>
      <p className="row">
        Known as <Peer id={did} />
        <span className="soft small">
          in the words of the transport <Short id={peerId} />
        </span>
      </p>
      {addresses.length === 0 ? (
        <p className="soft">Nobody can dial this tab yet: no relay holds a place for it.</p>
      ) : (
        <details className="disclosure">
          <summary>Where others can dial it ({addresses.length})</summary>
          <ul className="plain stack small">
            {addresses.map((address) => (
              <li key={address} className="address">
                <CopyButton text={address} label="Copy the address">
                  <code>{address}</code>
                </CopyButton>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function Short({ id }: { id: string }) {
  return (
    <CopyButton text={id} label="Copy the peer id">
      <code>
        {id.slice(0, 8)}…{id.slice(-5)}
      </code>
    </CopyButton>
  )
}

function Offline() {
  const { node } = useShell()
  const state = useNode()
  return (
    <Switch
      isOn={state.kind === 'offline'}
      isDisabled={state.kind === 'insecure'}
      onChange={(isOffline) => void (isOffline ? node.stayOffline() : node.join())}
      hint="No connections, no work for others, over reloads too. Own jobs can run again once you are back."
    >
      Stay offline
    </Switch>
  )
}
