/**
 * CPU share: how long a worker rests so that it is busy for no more than its duty d of the time. A leaky bucket: busy time
 * fills it at 1 − d, everything else drains it at d. Over any window of W ms a worker that starts a task only at a
 * level ≤ slack is busy for at most d·W + slack, beyond the task in progress: with 100 ms of slack and W = 30 s a third
 * of a point above its duty. A longer task is paid for by a longer rest, whatever the window.
 */
export type Bucket = { readonly levelMs: number; readonly at: number }

/** Rests shorter than a timer can keep are saved up to this: 100 ms is long for a timer and short for a fan. */
export const slackMs = 100

export const emptyBucket = (at: number): Bucket => ({ levelMs: 0, at })

/** The bucket after work from `from` to `to`, both ms on one clock, `to` the later. Idle time before `from` counts as rest. */
export function worked(bucket: Bucket, duty: number, from: number, to: number): Bucket {
  const drained = drain(bucket, duty, Math.max(from, bucket.at))
  return { levelMs: drained.levelMs + Math.max(0, to - drained.at) * (1 - duty), at: Math.max(to, drained.at) }
}

/** How long to rest before the next task, ms: 0 while below the slack, else until the bucket is empty. No end for a duty of 0. */
export function restMs(bucket: Bucket, duty: number, now: number): number {
  const { levelMs } = drain(bucket, duty, now)
  if (duty <= 0) return Number.POSITIVE_INFINITY
  return levelMs <= slackMs ? 0 : levelMs / duty
}

/** How many workers a share of all cores needs: ⌈s·n⌉. @param share 0 to 1 */
export const workersFor = (share: number, cores: number): number =>
  Math.min(cores, Math.max(0, Math.ceil(share * cores - rounding)))

/** Each worker's own duty, 0 to 1, so that `workers` of them together are busy for share·cores. */
export const dutyOf = (share: number, cores: number, workers: number): number =>
  workers === 0 ? 0 : Math.min(1, (share * cores) / workers)

/** 0.7 · 10 is 7.000000000000001 in a float, and no reason for an eighth worker. */
const rounding = 1e-9

const drain = (bucket: Bucket, duty: number, now: number): Bucket => {
  const idleMs = Math.max(0, now - bucket.at)
  return { levelMs: Math.max(0, bucket.levelMs - idleMs * duty), at: bucket.at + idleMs }
}
