import { encodeFrame } from '../../activity/frames.ts'
import type { NodeState } from '../../node/state.ts'
import { isFree } from '../../payment/account.ts'
import type { Session } from './session.ts'
import { usageFrame } from './spent.ts'

/** Golem's interval of reports. */
const everyMs = 1_000

/** Tells each requestor every second what its activity has used, as long as any of its tasks runs. */
export function createUsageTelling(ports: {
  readonly node: NodeState
  now(): number
  sessions(): Iterable<Session>
  send(session: Session, frame: Uint8Array): Promise<void>
  /** It is time for a receipt over what still runs. */
  charge(session: Session): void
}) {
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
  }

  function tell(): void {
    const working = [...ports.sessions()].filter(({ running }) => running.size > 0)
    for (const session of working) {
      const threads = ports.node.activities.get(session.activity)?.threads ?? 1
      if (isDue(session)) ports.charge(session)
      void ports.send(session, encodeFrame(usageFrame(session, threads, ports.now())))
    }
    if (working.length === 0) stop()
  }

  /** Where time is paid, a payer hears as often of a conversation as it gets debit notes. */
  function isDue({ activity, running, sentAt, startedAt }: Session): boolean {
    const agreement = ports.node.activities.get(activity)?.agreement
    const terms = agreement && ports.node.agreements.get(agreement)?.terms
    if (!terms || isFree(terms) || terms.debitNoteIntervalMs === 0) return false
    const talks = [...running.values()].some(({ terminal }) => terminal?.live.kind === 'terminal')
    return talks && ports.now() - Math.max(sentAt, startedAt) >= terms.debitNoteIntervalMs
  }

  return {
    begin(): void {
      timer ??= setInterval(tell, everyMs)
    },
    stop,
  }
}
