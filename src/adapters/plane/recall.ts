import { verdictOf } from '../../activity/frames.ts'
import type { Settled } from '../../activity/rulings.ts'
import type { Did } from '../../wire/schema.ts'
import { digestOf } from './comparing.ts'
import type { RequestorPorts, Runner } from './runner.ts'

/** SC17: gives the schedule the answers of an earlier life that wait for others. @returns tasks that end with them */
export async function recallAnswers(
  { node, store, now }: RequestorPorts,
  { job, schedule, comparing }: Runner,
  done: readonly number[],
): Promise<readonly Settled[]> {
  const over = new Set(done)
  const stored = await store.answers(job)
  const left = stored.map(({ index }) => index).filter((index) => over.has(index))
  if (left.length > 0) comparing?.drop(left)
  const waiting = stored.filter(({ index }) => !over.has(index))
  for (const id of node.links.get(job)?.activities ?? []) {
    const provider = node.activities.get(id)?.provider
    const own = waiting.filter((one) => one.provider === provider).map(({ index }) => index)
    comparing?.findings.restored(id, own)
  }
  const recalled = waiting.flatMap((result): Settled[] => {
    const { index, provider } = result
    const [digest, verdict] = [digestOf(result), verdictOf(result)]
    if (digest === undefined || verdict === 'again') return []
    return [{ index, answered: schedule.recall(index, { provider: provider as Did, digest, verdict }, now()) }]
  })
  return recalled.filter(({ answered }) => answered.type === 'ended')
}
