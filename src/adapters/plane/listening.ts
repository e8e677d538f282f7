import { asksForPay, type FrameOf, type ProviderFrame } from '../../activity/frames.ts'
import type { TaskInput } from '../../activity/task.ts'
import { isOwed } from '../../node/money.ts'
import type { Cid } from '../../wire/cid.ts'
import { createRequestorTerminals } from './requestor-terminal.ts'
import type { RequestorPorts, Runner, Session } from './runner.ts'

/** What providers say of tasks before their results: what a program writes, that it waits, what all of it has used. */
export function createListening(
  { node, store, report: fault }: RequestorPorts,
  then: {
    runnerOf(job: Cid): Promise<Runner>
    runnerNow(job: Cid): Runner | undefined
    report(runner: Runner): void
  },
) {
  const listeners = new Set<(job: Cid) => void>()
  const tell = (job: Cid): void => {
    for (const listener of listeners) listener(job)
  }
  const terminals = createRequestorTerminals({
    stored,
    store: (job, index, typed) => store.setStdin(job, index, typed),
    mostOutputBytes: (job) => node.jobs.get(job)?.spec.limits.outputBytes ?? 0,
    changed(job) {
      const runner = then.runnerNow(job)
      if (runner) then.report(runner)
      tell(job)
    },
  })

  /** The task as the disk has it; what is still on its way there is waited for. */
  async function stored(job: Cid, index: number): Promise<TaskInput | undefined> {
    const { tasks, newTasks, schedule } = await then.runnerOf(job)
    if (index >= schedule.progress().total) return undefined
    newTasks.hurry()
    await tasks.stored()
    return (await store.tasks(job, [index]))[0]
  }

  /** Whether a word is of a task that its sayer has: by the schedule, or by an earlier life of this tab. */
  function isTheirs({ schedule }: Runner, { activity, isReady }: Session, index: number): boolean {
    const lane = schedule.lanes.get(activity)
    return lane ? lane.inFlight.has(index) : !isReady && index < schedule.progress().total
  }

  return {
    terminals,

    /**
     * Whoever waits for its pay is heard while it is owed any: else anybody could hold tasks by saying so. Of a running task its
     * words count where somebody types into it; that it is still at work, while it waits for them to type.
     */
    isSignOfLife({ live }: Runner, { activity }: Session, frame: ProviderFrame): boolean {
      const agreement = node.activities.get(activity)?.agreement
      if (asksForPay(frame)) return agreement !== undefined && isOwed(node, agreement)
      if (frame.type === 'output' || frame.type === 'awaiting') return live === 'terminal'
      // A receipt over no task says that somebody is at work, and no more.
      const isWord = frame.type === 'usage' || (frame.type === 'results' && frame.results.length === 0)
      return !isWord || (live === 'terminal' && terminals.isStandingStill(activity))
    },

    async heard(runner: Runner, session: Session, frame: FrameOf<'output' | 'awaiting'>): Promise<void> {
      if (!runner.terminals || !isTheirs(runner, session, frame.index)) return
      const wrong =
        frame.type === 'output'
          ? terminals.output(runner.job, session.line, frame)
          : await terminals.awaiting(runner.job, session.line, frame)
      if (wrong === undefined) return
      fault({ code: wrong, phase: 'terminal', peer: session.provider, message: 'It says what cannot be.' })
      runner.schedule.exclude(session.provider, 'wrong')
      session.stream.abort(wrong)
    },

    told({ job, usage }: Runner, { activity }: Session, { type: _type, ...figures }: FrameOf<'usage'>): void {
      usage.set(activity, figures)
      tell(job)
    },

    onTalk(listener: (job: Cid) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
