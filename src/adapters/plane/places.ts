import { encodeFrame } from '../../activity/frames.ts'
import { channelLimits } from '../../activity/outside.ts'
import type { Runner, Session } from './runner.ts'

/** What each stream was told last. */
const toldBy = new WeakMap<Session, string>()

/** Tells every provider of a job whose tasks speak to one another which of them is where, when that has changed. */
export function tellPlaces(runner: Runner): void {
  if (!runner.hasChannels) return
  const tasks = [...runner.schedule.lanes.values()]
    .filter(({ activity }) => activity !== runner.job)
    .flatMap(({ provider, inFlight }) => [...inFlight.keys()].map((index) => ({ index, provider })))
    .filter(({ index }) => index < channelLimits.tasks)
    .sort((one, other) => one.index - other.index)
    .slice(0, channelLimits.tasks)
  const said = tasks.map(({ index, provider }) => `${index} ${provider}`).join()
  for (const session of runner.sessions.values()) {
    if (!session.isReady || toldBy.get(session) === said) continue
    toldBy.set(session, said)
    void session.stream.send(encodeFrame({ type: 'places', tasks })).catch(() => {})
  }
}
