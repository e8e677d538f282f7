import type { EventLog } from '../adapters/storage.port.ts'
import type { Rng } from '../kernel/rng.ts'
import { events } from '../node/registry.ts'
import { initialState, type NodeState } from '../node/state.ts'
import { replay } from '../node/step.ts'
import { reopen } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'

/** Changes when the state's shape does: an older snapshot is then not read, and the log is folded from its start. */
const stateVersion = 1
const batch = 500

/** The state as it was: the last snapshot, and every fact behind it folded again. */
export async function restore(
  log: EventLog,
  me: Did,
  rng: Rng,
  progress: (folded: number) => void,
): Promise<{ node: NodeState; seq: number }> {
  const snapshot = await log.readSnapshot()
  const isReadable = snapshot?.version === stateVersion
  const node = isReadable ? revived(me, snapshot.state as Partial<NodeState>) : initialState(me)
  let seq = isReadable ? snapshot.seq : 0
  for (;;) {
    const entries = await log.read(seq, batch)
    for (const entry of entries) {
      const event = reopen(events, entry.body)
      // A kind that this build does not know any more was folded by an older one; it says nothing to this state.
      if (event.ok)
        replay(
          node,
          entry.signature ? ({ ...event.value, signature: entry.signature } as typeof event.value) : event.value,
          rng,
        )
    }
    seq = entries.at(-1)?.seq ?? seq
    if (entries.length < batch) return { node, seq }
    progress(seq)
  }
}

/** What is only true while the tab lives is not brought back. */
function revived(me: Did, state: Partial<NodeState>): NodeState {
  const { peers, outbox, unheard, brought } = initialState(me)
  const anchors = new Map([...(state.anchors ?? [])].filter(([, how]) => how === 'kept'))
  return { ...initialState(me), ...state, me, peers, outbox, unheard, brought, anchors, plan: undefined }
}

export async function takeSnapshot(log: EventLog, node: NodeState, seq: number): Promise<void> {
  const { peers: _peers, outbox: _outbox, plan: _plan, ...kept } = node
  await log.writeSnapshot(seq, stateVersion, kept)
}
