import type { TerminalView } from '../activity/live.ts'
import type { RequestorPlane } from '../adapters/plane/requestor-plane.ts'
import { refuse } from '../kernel/result.ts'
import type { Cid } from '../wire/cid.ts'
import type { Terminal } from './terminal-api.ts'

type Ports = {
  readonly requestor: Pick<RequestorPlane, 'terminals' | 'onTalk'>
  /** Undefined while the job is not known yet. */
  isInteractive(job: Cid): boolean | undefined
  isOver(job: Cid): boolean
  /** Resolves once the job has this task, or will have none. */
  known(job: Cid, index: number): Promise<unknown>
  subscribe(listener: () => void): () => void
  /** What a task was given and wrote, once that is stored. */
  ended(job: Cid, index: number): Promise<Parameters<RequestorPlane['terminals']['recall']>[1] | undefined>
}

/** The terminal of one task, as programs have it. */
export function terminalOf(ports: Ports, job: Cid, index: number): Terminal {
  const { terminals } = ports.requestor
  const view = (): TerminalView | undefined => terminals.view(job, index)

  async function mayType(): Promise<boolean> {
    await ports.known(job, index)
    return ports.isInteractive(job) === true
  }

  async function recall(): Promise<void> {
    if (view()) return
    const task = await ports.ended(job, index)
    if (task) terminals.recall(job, task)
  }

  async function* output() {
    await recall()
    let place = { starts: 0, piece: 0, byte: 0 }
    let arrived = Promise.withResolvers<void>()
    const wake = (): void => {
      arrived.resolve()
      arrived = Promise.withResolvers<void>()
    }
    const forget = [
      ports.requestor.onTalk((of) => of === job && wake()),
      ports.subscribe(() => ports.isOver(job) && wake()),
    ]
    try {
      for (;;) {
        const next = arrived.promise
        const now = view()
        const isLast = now?.isOver ?? ports.isOver(job)
        if (now && now.starts !== place.starts) place = { starts: now.starts, piece: 0, byte: 0 }
        for (; now && place.piece < now.pieces.length; place.piece++, place.byte = 0) {
          const { stream, bytes } = now.pieces[place.piece]!
          if (place.byte < bytes.length) yield { stream, bytes: bytes.slice(place.byte) }
          place.byte = bytes.length
          if (place.piece === now.pieces.length - 1) break // it may still grow
        }
        if (isLast) return
        if (now === view()) await next
      }
    } finally {
      for (const undo of forget) undo()
    }
  }

  return {
    write: async (input) =>
      (await mayType())
        ? terminals.give(job, index, typeof input === 'string' ? new TextEncoder().encode(input) : input)
        : refuse('not-interactive'),
    end: async () => ((await mayType()) ? terminals.end(job, index) : refuse('not-interactive')),
    output: { [Symbol.asyncIterator]: output },
    get isAwaitingInput() {
      return view()?.isAwaitingInput ?? false
    },
    recall,
    view,
  }
}
