import { isRunning } from '../activity/job.ts'
import { minuteMs } from '../kernel/time.ts'
import type { Reason } from '../market/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import { notAskedBefore } from './requestor.ts'
import type { NodeState } from './state.ts'
import { type Turn, touch } from './turn.ts'

/** RQ4: whoever said no to a job, ended its agreement or failed it is not asked for it again at once. */
export function bar(turn: Turn, job: Cid, provider: Did, reason: Reason): void {
  const known = turn.node.jobs.get(job)
  if (!known) return
  const until = notAskedBefore(reason, turn.now)
  turn.node.jobs.set(job, { ...known, notBefore: new Map([...known.notBefore, [provider, { until, reason }]]) })
  touch(turn, `job:${job}`)
}

/** What a provider says of one of its offers: another offer makes it untrue. */
const ofAnOffer: ReadonlySet<string> = new Set(['sold-out', 'offer-outdated'])
export const isOfAnOffer = ({ code }: Reason): boolean => ofAnOffer.has(code)

/** RQ9: whoever was sold out, or asked for what it sells no more, and has another offer has something to sell again. */
export function unbarSeller(turn: Turn, provider: Did): void {
  const { jobs } = turn.node
  for (const job of jobs.values()) {
    if (!isRunning(job) || !ofAnOffer.has(job.notBefore.get(provider)?.reason.code ?? '')) continue
    jobs.set(job.id, { ...job, notBefore: new Map([...job.notBefore].filter(([did]) => did !== provider)) })
    touch(turn, `job:${job.id}`)
  }
}

/** RQ9: the no was to an older offer, and the one that came after it is here already. */
export const isOvertaken = (
  node: NodeState,
  asked: { offer: Cid | undefined; provider: Did; reason: Reason },
): boolean => {
  const newest = node.offerOf.get(asked.provider)
  return newest !== undefined && newest !== asked.offer && ofAnOffer.has(asked.reason.code)
}

export const unanswered: Reason = {
  code: 'no-answer',
  message: 'The provider did not answer in time.',
  isFinal: false,
  retryAfterMs: minuteMs,
}
