import { cleanup } from 'node-datachannel'
import { fileKeyStore } from '../adapters/identity/file-key-store.ts'
import { memoryKeyStore } from '../adapters/identity/key-stores.ts'
import { openSigner, verify } from '../adapters/identity/keyring.ts'
import { createLibp2pNetwork } from '../adapters/libp2p/network.ts'
import { memoryDisk, memoryStorage } from '../adapters/memory/storage.ts'
import { steadyTimers } from '../adapters/timer-worker.ts'
import { nodeKit } from '../adapters/workers/component-kits-node.ts'
import { nodeRuntime } from '../adapters/workers/node.ts'
import { wasmtimeCommand } from '../adapters/workers/wasmtime.ts'
import { wasmtimePackage } from '../adapters/workers/wasmtime-package.ts'
import { seeded } from '../kernel/rng.ts'
import { protocols, streams, topics } from '../node/registry.ts'
import type { Cid } from '../wire/cid.ts'
import type { Mesh } from './api.ts'
import { must, opened } from './connect-error.ts'
import type { ConnectOptions } from './connect-options.ts'
import { createMesh } from './mesh.ts'
import { nodeMachine } from './node-machine.ts'
import { defaultSubnet } from './offer-facts.ts'
import { runtimeWith } from './runtimes.ts'

/** The same as a browser's. */
const usualQuotaBytes = 512 * 1_048_576
/** Meshes of this process that are not stopped. */
let running = 0

/**
 * Joins the network from a Node process: a full peer over WebRTC and WebSockets. Its jobs, receipts and balances are kept in
 * memory and end with it; only the key of `identity.keyFile` stays. Guests run in threads of this process, which isolate less
 * than a browser's sandbox. Call `stop`, or its sockets and threads keep the process alive. Rejects with ConnectError.
 */
export async function connect(options: ConnectOptions = {}): Promise<Mesh> {
  const { keyFile } = options.identity ?? {}
  const signer = must(await opened(openSigner(keyFile === undefined ? memoryKeyStore() : fileKeyStore(keyFile))))
  const quotaBytes = options.storage?.quotaBytes ?? usualQuotaBytes
  const { relays = [], runtimes = [] } = options
  const timers = steadyTimers()
  const { script } = await import('virtual:job-worker')
  const mesh = await createMesh({
    signer,
    verify,
    network: createLibp2pNetwork({
      signer,
      relays,
      protocols,
      topics,
      streams,
      iceServers: options.iceServers,
      log: () => {},
    }),
    ...memoryStorage(memoryDisk(), quotaBytes),
    runtime: await runtimeWith(nodeRuntime({ script, kit: nodeKit }), runtimes),
    runtimes,
    openRuntime: () => nodeRuntime({ script, kit: nodeKit, threads: 1 }),
    wasmtime: [wasmtimePackage(), wasmtimeCommand()],
    machine: nodeMachine(quotaBytes),
    timers,
    rng: seeded(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0),
    subnet: options.subnet ?? defaultSubnet,
    relays,
    readyMade,
    now: () => Date.now(),
    close: async () => {
      timers.stop()
      running -= 1
      // WebRTC's native threads hold on to closed channels, and with them to the process.
      if (running === 0) cleanup()
    },
  })
  running += 1
  return mesh
}

/** The CIDs of the programs that come with the page of the same version. */
async function readyMade(): Promise<readonly Cid[]> {
  const { modules } = await import('virtual:ready-made')
  return Object.values(modules) as Cid[]
}
