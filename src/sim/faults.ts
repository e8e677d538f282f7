import type { Rng } from '../kernel/rng.ts'

/** How bad this world is. Chances are thousandths; a run has a random part of them. */
export type Faults = {
  readonly latencyMs: { readonly least: number; readonly spread: number }
  /** Of requests and answers; a stream's bytes are sent again and come later. */
  readonly lossPermille: number
  readonly duplicatePermille: number
  /** Now and then a message takes seconds. */
  readonly stragglerPermille: number
  /** Mean between one-way partitions of some pair; 0: none. */
  readonly partitionEveryMs: number
  readonly relayDiesEveryMs: number
  readonly skewMs: number
  readonly clockJumpEveryMs: number
  readonly sleepEveryMs: number
  readonly diskMs: number
  readonly diskFullEveryMs: number
  /** Of persisted steps, so many end with the tab closed after some of their effects. */
  readonly crashPermille: number
  /** Mean between closings of some tab. */
  readonly churnEveryMs: number
  readonly streamBreakEveryMs: number
  readonly trapPermille: number
  readonly hangPermille: number
  readonly slowPermille: number
  readonly workerLostPermille: number
}

export const noFaults: Faults = {
  latencyMs: { least: 5, spread: 40 },
  lossPermille: 0,
  duplicatePermille: 0,
  stragglerPermille: 0,
  partitionEveryMs: 0,
  relayDiesEveryMs: 0,
  skewMs: 0,
  clockJumpEveryMs: 0,
  sleepEveryMs: 0,
  diskMs: 1,
  diskFullEveryMs: 0,
  crashPermille: 0,
  churnEveryMs: 0,
  streamBreakEveryMs: 0,
  trapPermille: 0,
  hangPermille: 0,
  slowPermille: 0,
  workerLostPermille: 0,
}

/** All of them, each as strong as a bad day. */
export const everyFault: Faults = {
  latencyMs: { least: 10, spread: 390 },
  lossPermille: 50,
  duplicatePermille: 30,
  stragglerPermille: 10,
  partitionEveryMs: 20_000,
  relayDiesEveryMs: 60_000,
  skewMs: 2_000,
  clockJumpEveryMs: 60_000,
  sleepEveryMs: 30_000,
  diskMs: 20,
  diskFullEveryMs: 90_000,
  crashPermille: 10,
  churnEveryMs: 20_000,
  streamBreakEveryMs: 20_000,
  trapPermille: 10,
  hangPermille: 5,
  slowPermille: 30,
  workerLostPermille: 10,
}

/** Swarm: each run switches each fault on or off by a coin, for a bug often hides behind another fault. */
export function swarm(rng: Rng): Faults {
  const drawn = Object.keys(everyFault) as (keyof Faults)[]
  const chosen = drawn.map((name) => [name, rng.chance(500) ? everyFault[name] : noFaults[name]] as const)
  return Object.fromEntries(chosen) as unknown as Faults
}
