import type { UsageTold } from '../adapters/plane/runner.ts'
import type { NodeState } from '../node/state.ts'
import { linksOf } from '../node/state.ts'
import type { Cid } from '../wire/cid.ts'
import type { UsageView } from './terminal-api.ts'

const nothing: UsageView = {
  durationMs: 0,
  cpuMs: 0,
  memoryBytes: 0,
  storageBytes: 0,
  bytesIn: 0,
  bytesOut: 0,
  fuel: 0n,
  hostUnits: 0n,
  counters: {},
}

/** Of each activity what was told last, or what its last receipt says where nothing was told in this life of the tab. */
export function usageOf(node: NodeState, job: Cid, told: ReadonlyMap<Cid, UsageTold>): UsageView {
  let all = nothing
  for (const activity of linksOf(node, job).activities) {
    const proven = node.chains.get(activity)?.latest.body.usage
    const last = told.get(activity)
    if (last && (!proven || last.durationUs >= proven.durationUs)) all = added(all, last)
    else if (proven) all = added(all, { ...proven, cpuUs: proven.cpuUs ?? 0, fuel: proven.fuel ?? 0n, counters: {} })
  }
  return all
}

function added(all: UsageView, one: UsageTold): UsageView {
  const counters = { ...all.counters }
  for (const [name, count] of Object.entries(one.counters)) counters[name] = (counters[name] ?? 0n) + count
  return {
    durationMs: all.durationMs + one.durationUs / 1_000,
    cpuMs: all.cpuMs + one.cpuUs / 1_000,
    memoryBytes: Math.max(all.memoryBytes, one.memoryBytes),
    storageBytes: Math.max(all.storageBytes, one.storageBytes),
    bytesIn: all.bytesIn + one.bytesIn,
    bytesOut: all.bytesOut + one.bytesOut,
    fuel: all.fuel + one.fuel,
    hostUnits: all.hostUnits + (one.hostUnits ?? 0n),
    counters,
  }
}
