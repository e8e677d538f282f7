import { openStorage } from '../adapters/idb/storage.ts'
import { idbKeyStore } from '../adapters/identity/key-stores.ts'
import { openSigner, verify } from '../adapters/identity/keyring.ts'
import { type Slot, takeSlot } from '../adapters/identity/slot.ts'
import { createLibp2pNetwork } from '../adapters/libp2p/network.ts'
import { steadyTimers } from '../adapters/timer-worker.ts'
import { browserRuntime } from '../adapters/workers/browser.ts'
import type { PoolOptions } from '../adapters/workers/pool.ts'
import { seeded } from '../kernel/rng.ts'
import { protocols, streams, topics } from '../node/registry.ts'
import type { Cid } from '../wire/cid.ts'
import type { Mesh } from './api.ts'
import { must, opened } from './connect-error.ts'
import type { ConnectOptions } from './connect-options.ts'
import { machineOf } from './machine.ts'
import { createMesh } from './mesh.ts'
import { defaultSubnet } from './offer-facts.ts'
import { runtimeWith } from './runtimes.ts'
import { servedNetwork } from './served-network.ts'

/** Joins the network from a page. Rejects with ConnectError. */
export async function connect(options: ConnectOptions = {}): Promise<Mesh> {
  const serving = options.relays && options.iceServers ? undefined : servedNetwork()
  const measuring = machineOf()
  const slot = must(await takeSlot({ wanted: options.identity?.slot }))
  try {
    return await connectAs(slot, options, { serving, measuring })
  } catch (error) {
    slot.release() // whoever tries again is the same node
    throw error
  }
}

async function connectAs(
  slot: Slot,
  options: ConnectOptions,
  {
    serving,
    measuring,
  }: { serving: ReturnType<typeof servedNetwork> | undefined; measuring: ReturnType<typeof machineOf> },
): Promise<Mesh> {
  const storage = await opened(openStorage({ slot: slot.slot, quotaBytes: options.storage?.quotaBytes }))
  const signer = must(await opened(openSigner(idbKeyStore(storage.slotDatabase))))
  const timers = steadyTimers()
  const served = await serving
  const relays = options.relays ?? served?.relays ?? []
  const network = createLibp2pNetwork({
    signer,
    relays,
    protocols,
    topics,
    streams,
    iceServers: options.iceServers ?? served?.iceServers,
    log: () => {},
  })
  const sandboxUrl = new URL(options.sandboxUrl ?? '/sandbox.html', location.href).href
  const openRuntime = (size?: PoolOptions) => browserRuntime({ after: timers.after, sandboxUrl, ...size })
  const { runtimes = [] } = options
  const mesh = await createMesh({
    signer,
    verify,
    network,
    log: storage.log,
    jobs: storage.jobs,
    blocks: storage.blocks,
    timers,
    runtime: await runtimeWith(openRuntime(), runtimes),
    runtimes,
    openRuntime: () => openRuntime({ threads: 1 }),
    machine: await measuring,
    rng: seeded(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0),
    subnet: options.subnet ?? defaultSubnet,
    relays,
    readyMade,
    now: () => Date.now(),
    ...(options.onRestore && { restoring: options.onRestore }),
    close: async () => {
      storage.close()
      timers.stop()
      slot.release()
    },
  })
  // A page that goes away says so: its peers see it leave at once instead of after two silent pings.
  globalThis.addEventListener('pagehide', ({ persisted }) => persisted || void network.stop())
  return mesh
}

/** The CIDs of the programs that came with this page, hashed when it was built. */
async function readyMade(): Promise<readonly Cid[]> {
  const { modules } = await import('virtual:ready-made')
  return Object.values(modules) as Cid[]
}
