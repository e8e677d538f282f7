import { encodeFrame } from '../../activity/frames.ts'
import type { NodeState } from '../../node/state.ts'
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
      void ports.send(session, encodeFrame(usageFrame(session, threads, ports.now())))
    }
    if (working.length === 0) stop()
  }

  return {
    begin(): void {
      timer ??= setInterval(tell, everyMs)
    },
    stop,
  }
}
