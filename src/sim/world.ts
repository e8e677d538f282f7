import { type Rng, seeded } from '../kernel/rng.ts'
import type { Did } from '../wire/schema.ts'
import type { Actor } from './actors/actor.ts'
import { honest } from './actors/honest.ts'
import { createAgenda } from './agenda.ts'
import { type Checks, createChecks } from './checkers/checks.ts'
import { createCodec, type SimCodec } from './codec.ts'
import { type Faults, noFaults } from './faults.ts'
import { createNetwork, type SimNetwork } from './network.ts'
import { createHost, type Host, type HostRole } from './shell.ts'
import { hashSigning, type SimSigning } from './signing.ts'
import { plantFaults } from './weather.ts'

export type WorldOptions = {
  readonly seed: number
  readonly nodes: number
  readonly faults?: Faults
  readonly signing?: SimSigning
  role?(index: number): Partial<HostRole>
  actor?(index: number): Actor
  /** Links that a node looks for. A person's tab has eight. */
  readonly neighbours?: number
}

/** Nodes, network, clocks and disks in virtual time. One seed, one course: nothing here asks anything outside. */
export type World = {
  readonly seed: number
  readonly rng: Rng
  readonly signing: SimSigning
  readonly codec: SimCodec
  readonly hosts: readonly Host[]
  readonly hostOf: ReadonlyMap<Did, Host>
  readonly network: SimNetwork
  readonly checks: Checks
  readonly neighbours: number
  faults: Faults
  /** Virtual time, ms. */
  now: number
  /** Calls of the node's `step`. */
  steps: number
  happenings: number
  /** Equal for two runs of one seed. */
  trace: number
  /** Plans `run` for later; `host` undefined: whatever the nodes do. It is dropped with the life of the tab. */
  plan(delayMs: number, label: string, host: Host | undefined, run: () => void): void
  /** The same, for what happens to a machine whether its tab is open or not. */
  planAnyway(delayMs: number, label: string, host: Host | undefined, run: () => void): void
  /** Lets virtual time pass. Throws what a checker found, with seed, moment and the last events of the aggregate. */
  run(durationMs: number): void
}

/** 2026-01-01T00:00:00Z. */
const epochMs = 1_767_225_600_000

export function createWorld(options: WorldOptions): World {
  const { seed, nodes } = options
  const rng = seeded(seed)
  const agenda = createAgenda()
  const signing = options.signing ?? hashSigning()
  const hosts: Host[] = []
  const hostOf = new Map<Did, Host>()
  let seq = 0

  const world: World = {
    seed,
    rng,
    signing,
    codec: createCodec(signing),
    hosts,
    hostOf,
    network: undefined as unknown as SimNetwork,
    checks: undefined as unknown as Checks,
    neighbours: options.neighbours ?? 8,
    faults: options.faults ?? noFaults,
    now: epochMs,
    steps: 0,
    happenings: 0,
    trace: 0,
    plan(delayMs, label, host, run) {
      push(delayMs, label, host, host?.life ?? -1, run)
    },
    planAnyway(delayMs, label, host, run) {
      push(delayMs, label, host, -1, run)
    },
    run(durationMs) {
      const until = world.now + durationMs
      for (let next = agenda.next(until); next !== undefined; next = agenda.next(until)) {
        const host = next.node < 0 ? undefined : hosts[next.node]
        if (host && next.life >= 0 && host.life !== next.life) continue
        if (host && next.life >= 0 && host.frozenUntil > next.at) {
          agenda.add({ ...next, at: host.frozenUntil }) // in its old place among all that waits: a stream keeps its order
          continue
        }
        world.now = next.at
        world.happenings += 1
        world.trace = (Math.imul(world.trace, 31) + Math.imul(next.seq, 7) + next.node + (next.at % 65_521)) | 0
        try {
          next.run()
        } catch (error) {
          throw world.checks.explained(error, next)
        }
      }
      world.now = until
    },
  }

  function push(delayMs: number, label: string, host: Host | undefined, life: number, run: () => void): void {
    const at = world.now + Math.max(0, Math.floor(delayMs))
    agenda.add({ at, seq: seq++, node: host?.index ?? -1, life, label, run })
  }

  Object.assign(world, { checks: createChecks(world), network: createNetwork(world, rng.fork()) })
  for (let index = 0; index < nodes; index++) {
    const actor = options.actor?.(index) ?? honest
    const host = createHost(world, { index, actor, rng: rng.fork(), role: options.role?.(index) ?? {} })
    hosts.push(host)
    hostOf.set(host.did, host)
  }
  plantFaults(world, rng.fork())
  return world
}
