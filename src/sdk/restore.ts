import { otherTasks } from '../adapters/plane/other-tasks.ts'
import type { EventLog, LogEntry } from '../adapters/storage.port.ts'
import type { Rng } from '../kernel/rng.ts'
import { events } from '../node/registry.ts'
import { initialState, type NodeState } from '../node/state.ts'
import { replay } from '../node/step.ts'
import { recall } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'

/** Changes when the state's shape does: an older snapshot is then not read, and the log is folded from its start. */
const stateVersion = 3
/** Entries read at a time: enough that the disk is no bound, few enough that the browser hands them over in some ms. */
const batch = 1_000
/** Folding this long, it lets the page paint and answer: a frame of 60 a second, nearly. */
const sliceMs = 14

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
  let sliceFrom = performance.now()
  let coming = log.read(seq, batch)
  for (;;) {
    const entries = await coming
    const isLast = entries.length < batch
    // The log has no gaps: what comes next is read while this is folded.
    if (!isLast) coming = log.read(seq + entries.length, batch)
    for (const entry of entries) {
      refold(node, entry, rng)
      if (performance.now() - sliceFrom < sliceMs) continue
      await otherTasks()
      sliceFrom = performance.now()
    }
    seq += entries.length
    if (isLast) return { node, seq }
    progress(seq)
  }
}

function refold(node: NodeState, entry: LogEntry, rng: Rng): void {
  const event = recall(events, entry)
  // A kind that this build does not know any more was folded by an older one; it says nothing to this state.
  if (!event.ok) return
  const { signature } = entry
  replay(node, signature ? ({ ...event.value, signature } as typeof event.value) : event.value, rng)
}

/** What is only true while the tab lives is not brought back. */
function revived(me: Did, state: Partial<NodeState>): NodeState {
  const { peers, outbox, unheard, brought, missing, ranges } = initialState(me)
  const anchors = new Map([...(state.anchors ?? [])].filter(([, how]) => how === 'kept'))
  return {
    ...initialState(me),
    ...state,
    me,
    peers,
    outbox,
    unheard,
    brought,
    missing,
    ranges,
    anchors,
    plan: undefined,
  }
}

export async function takeSnapshot(log: EventLog, node: NodeState, seq: number): Promise<void> {
  const { peers: _peers, outbox: _outbox, plan: _plan, ...kept } = node
  await log.writeSnapshot(seq, stateVersion, kept)
}
