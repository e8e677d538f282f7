import { openStorage, type Storage } from '../adapters/idb/storage.ts'
import { idbKeyStore } from '../adapters/identity/key-stores.ts'
import { openSigner, verify } from '../adapters/identity/keyring.ts'
import { takeSlot } from '../adapters/identity/slot.ts'
import { createLibp2pNetwork } from '../adapters/libp2p/network.ts'
import { StorageFailure } from '../adapters/storage.port.ts'
import { browserRuntime } from '../adapters/workers/browser.ts'
import type { Result } from '../kernel/result.ts'
import { seeded } from '../kernel/rng.ts'
import { protocols, streams, topics } from '../node/registry.ts'
import type { Cid } from '../wire/cid.ts'
import type { Mesh } from './api.ts'
import { machineOf } from './machine.ts'
import { createMesh } from './mesh.ts'
import { defaultSubnet } from './offer-facts.ts'

export type ConnectOptions = {
  /** Multiaddrs of relays; those that the page's server names where absent. */
  readonly relays?: readonly string[]
  /** For WebRTC: STUN and TURN. Those that the page's server names where absent. */
  readonly iceServers?: readonly RTCIceServer[]
  /** Bytes kept for others and for own jobs. */
  readonly storage?: { readonly quotaBytes?: number }
  /** Which identity of this browser: a free one where absent. */
  readonly identity?: { readonly slot?: number }
  /** Part of the market by name; `public` where absent. */
  readonly subnet?: string
}

/** What a failed start throws: with a code of docs/errors.md, and never a secret. */
export class ConnectError extends Error {
  override name = 'ConnectError'
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Joins the network from a page. Rejects with ConnectError. */
export async function connect(options: ConnectOptions = {}): Promise<Mesh> {
  const served = options.relays && options.iceServers ? undefined : await servedNetwork()
  const slot =
    options.identity?.slot === undefined ? must(await takeSlot()) : { slot: options.identity.slot, release: () => {} }
  const storage = await opened(slot.slot, options.storage?.quotaBytes)
  const signer = must(await openSigner(idbKeyStore(storage.slotDatabase)))
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
  const mesh = await createMesh({
    signer,
    verify,
    network,
    log: storage.log,
    jobs: storage.jobs,
    blocks: storage.blocks,
    runtime: browserRuntime({ sandboxUrl: new URL('/sandbox.html', location.href).href }),
    machine: await machineOf(),
    rng: seeded(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0),
    subnet: options.subnet ?? defaultSubnet,
    relays,
    readyMade,
    now: () => Date.now(),
    close: async () => {
      storage.close()
      slot.release()
    },
  })
  // A page that goes away says so: its peers see it leave at once instead of after two silent pings.
  globalThis.addEventListener('pagehide', ({ persisted }) => persisted || void network.stop())
  return mesh
}

async function opened(slot: number, quotaBytes: number | undefined): Promise<Storage> {
  try {
    return await openStorage({ slot, quotaBytes })
  } catch (cause) {
    if (cause instanceof StorageFailure) throw new ConnectError(cause.code, cause.message, { cause })
    throw new ConnectError('storage-blocked', 'The browser keeps no data for this page.', { cause })
  }
}

/** What the page's own server says of relays and ICE servers; nothing where it says nothing. */
async function servedNetwork(): Promise<{ relays?: readonly string[]; iceServers?: readonly RTCIceServer[] }> {
  try {
    const answer = await fetch('/network.json', { cache: 'no-cache' })
    return answer.ok ? ((await answer.json()) as { relays?: string[]; iceServers?: RTCIceServer[] }) : {}
  } catch {
    return {}
  }
}

/** The CIDs of the programs that came with this page, hashed when it was built. */
async function readyMade(): Promise<readonly Cid[]> {
  const { modules } = await import('virtual:ready-made')
  return Object.values(modules) as Cid[]
}

function must<T>(result: Result<T>): T {
  if (result.ok) return result.value
  const facts = Object.entries(result.facts).map(([name, fact]) => `${name}: ${fact}`)
  throw new ConnectError(result.code, [result.code, ...facts].join(', '))
}
