import type { Live, LiveKind } from '../../activity/live.ts'
import type { TaskInput } from '../../activity/task.ts'
import type { Cid } from '../../wire/cid.ts'
import { createProviderTerminal } from './provider-terminal.ts'
import type { RequestorTerminals, TerminalLine } from './requestor-terminal.ts'

/** Both ends of a terminal in one tab, for own work: what one says the other hears, each in a turn of its own. */
export function localTerminal(
  terminals: RequestorTerminals,
  { job, index, input, kind, now }: { job: Cid; index: number; input: TaskInput; kind: LiveKind; now(): number },
): Live {
  const soon = (then: () => void): void => queueMicrotask(then)
  const line: TerminalLine = {
    activity: job,
    send: (frame) => soon(() => (frame.type === 'input' ? void own.given(frame) : own.credited(frame))),
  }
  const own = createProviderTerminal(
    { index, stdin: input.stdin },
    {
      kind,
      start: terminals.nextStart(),
      now,
      say: (frame) =>
        soon(
          () =>
            void (frame.type === 'output' ? terminals.output(job, line, frame) : terminals.awaiting(job, line, frame)),
        ),
    },
  )
  own.hello()
  return own.live
}
