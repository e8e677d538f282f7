import { keyOfDid } from '../../identity/did.ts'
import type { Did } from '../../wire/schema.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { Peer } from '../parts/Peer.tsx'
import { WithMesh } from '../parts/WithMesh.tsx'
import { Judgement } from './Judgement.tsx'
import { RecordView } from './RecordView.tsx'
import { ReviewForm } from './ReviewForm.tsx'
import { Reviews } from './Reviews.tsx'
import { Together } from './Together.tsx'
import '../look/results.css'
import '../look/network.css'
import '../look/peers.css'

/** What is known of this tab, and may it be trusted? */
export function PeerPage({ did }: { did: string }) {
  if (!keyOfDid(did)) {
    return (
      <>
        <h1>There is no such tab</h1>
        <FailureNotice failure={{ code: 'not-a-peer', message: did.slice(0, 80) }} />
      </>
    )
  }
  return (
    <WithMesh>
      <Known did={did as Did} />
    </WithMesh>
  )
}

function Known({ did }: { did: Did }) {
  if (did === useNodeHandle().did) return <Own did={did} />
  return (
    <>
      <header>
        <h1>What is known of a tab</h1>
        <p className="lead">
          <Peer id={did} />
        </p>
      </header>
      <div className="two">
        <div className="stack peer-record">
          <RecordView did={did} />
          <Together did={did} />
          <Reviews did={did} />
          <ReviewForm did={did} />
        </div>
        <Judgement did={did} />
      </div>
    </>
  )
}

/** Nobody keeps a record of itself: what others keep, they tell in reviews. */
function Own({ did }: { did: Did }) {
  return (
    <>
      <header>
        <h1>This is your own tab</h1>
        <p className="lead">
          <Peer id={did} />
        </p>
      </header>
      <p>Every tab keeps its own record of those it worked with. What yours is worth, each of them knows for itself.</p>
      <Reviews did={did} />
    </>
  )
}
