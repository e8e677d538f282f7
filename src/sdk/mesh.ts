import type { CustomRuntime } from '../activity/custom-runtime.ts'
import { Channel, Tasks } from '../activity/messages.ts'
import type { Runtime } from '../activity/runtime.ts'
import { contentExchange, type Exchange } from '../adapters/content/exchange.ts'
import type { SealingKey } from '../adapters/identity/sealing.ts'
import type { Network, NetworkHandlers } from '../adapters/network.port.ts'
import { handlersLater } from '../adapters/network-later.ts'
import { createProviderPlane } from '../adapters/plane/provider.ts'
import { createRequestorPlane } from '../adapters/plane/requestor.ts'
import { createShell, type Plane } from '../adapters/shell/shell.ts'
import type { BlockStore, EventLog, JobStore } from '../adapters/storage.port.ts'
import type { SteadyTimers } from '../adapters/timer-worker.ts'
import type { ReferenceEngine } from '../adapters/workers/wasmtime.ts'
import { blocksProtocol } from '../content/messages.ts'
import { AskSealingKey, GuildTalk } from '../guild/messages.ts'
import { didOfPeerId, keyOfPeerId } from '../identity/did.ts'
import type { Signer, Verify } from '../identity/signing.ts'
import { refuse } from '../kernel/result.ts'
import type { Rng } from '../kernel/rng.ts'
import { type Timestamp, timestamp } from '../kernel/time.ts'
import { PeerExchange } from '../net/messages.ts'
import { balances } from '../node/money.ts'
import { events } from '../node/registry.ts'
import type { NodeState } from '../node/state.ts'
import type { Cid } from '../wire/cid.ts'
import type { AnyProtocol } from '../wire/protocol.ts'
import type { Did, PeerId } from '../wire/schema.ts'
import type { Fault, Mesh, NetworkView, NotAvailable } from './api.ts'
import { tryToBreak } from './breaking.ts'
import { createContent } from './content.ts'
import { createDataUse } from './data-cap.ts'
import { createDiscovery, exchangePeers } from './discovery.ts'
import { createDisputes } from './disputes.ts'
import { documentsOf } from './documents.ts'
import { createGuilds } from './guilds.ts'
import { createJobs } from './jobs.ts'
import { createMarket } from './market.ts'
import { createModules } from './modules.ts'
import type { Machine } from './offer-facts.ts'
import { createProviding } from './providing.ts'
import { createReceipts } from './receipts.ts'
import { createReputation } from './reputation.ts'
import { restore, takeSnapshot } from './restore.ts'
import { ownSealingKey } from './sealed-job.ts'
import { createSharing } from './sharing.ts'
import { createStore } from './store.ts'
import { createWorkflows } from './workflows.ts'

/** Everything impure that a mesh stands on: a browser brings one set, Node another, a test a third. */
export type MeshPorts = {
  readonly signer: Signer
  readonly verify: Verify
  readonly network: Network
  readonly log: EventLog
  readonly jobs: JobStore
  readonly blocks: BlockStore
  readonly runtime: Runtime
  /** A developer's own, that `runtime` runs beside the standard ones. */
  readonly runtimes: readonly CustomRuntime[]
  /** Another one, that serves nobody: for what is tried out. Whoever asks stops it. */
  openRuntime(): Runtime
  /** Where there can be other engines to hold results against, the best first: in a process, not in a page. */
  readonly wasmtime?: readonly ReferenceEngine[]
  readonly machine: Machine
  readonly rng: Rng
  /** Timers that a hidden page does not slow down. */
  readonly timers: SteadyTimers
  readonly subnet: string
  /** Multiaddrs of the relays that this node was given. */
  readonly relays: readonly string[]
  /** Modules that the page brings: what "ready-made programs only" admits. */
  readyMade(): Promise<readonly Cid[]>
  now(): number
  /** Told while a long log is folded again: events so far. */
  restoring?(folded: number): void
  close(): Promise<void>
}

/** Shared by the parts of a mesh. */
export type Parts = MeshPorts & {
  readonly node: NodeState
  readonly shell: ReturnType<typeof createShell>
  readonly content: Exchange
  /** What requestors seal to; undefined where this machine cannot. */
  sealingKey(): Promise<SealingKey | undefined>
  at(): Timestamp
  report(fault: Omit<Fault, 'at'>): void
  /** Says that views are to be made anew. */
  changed(keys: Iterable<string>): void
}

/** Faults kept for people; the log of a day's ordinary trouble fits. */
const mostFaults = 200
/** A snapshot each so many events, so that a start folds at most a few times as many. */
const snapshotEvery = 1_000

export async function createMesh(ports: MeshPorts): Promise<Mesh> {
  const startedAt = ports.now()
  const at = (): Timestamp => timestamp(ports.now())
  // Reaching a relay takes as long as a long log: one goes on while the other is waited for.
  const listening = Promise.withResolvers<NetworkHandlers>()
  const starting = ports.network.start(handlersLater(listening.promise))
  const restoring = restore(ports.log, ports.signer.did, ports.rng, (folded) => ports.restoring?.(folded))
  const { node, seq } = await restoring.catch(async (cause: unknown) => {
    listening.reject(cause)
    await starting.then(ports.network.stop)
    throw cause
  })
  const faults: Fault[] = []
  const store = createStore()
  let steps = 0
  let appended = seq
  let lastSnapshot = seq
  const durations: number[] = []

  const log: EventLog = {
    ...ports.log,
    append: async (entries) => {
      await ports.log.append(entries)
      appended += entries.length
      if (appended - lastSnapshot < snapshotEvery) return
      lastSnapshot = appended
      void takeSnapshot(ports.log, node, appended).catch((error: unknown) =>
        report({ code: 'storage-broken', phase: 'snapshot', message: String(error) }),
      )
    },
  }
  function report(fault: Omit<Fault, 'at'>): void {
    faults.push({ at: at(), ...fault })
    if (faults.length > mostFaults) faults.shift()
    store.touch(['faults'])
  }
  const shell = createShell({
    ...ports,
    log,
    node,
    registry: events,
    now: at,
    report,
    changed(keys) {
      store.touch(keys)
      let [isPaid, isForgotten] = [false, false]
      for (const key of keys) {
        isPaid ||= key.startsWith('account:')
        isForgotten ||= key.startsWith('job:') && !node.jobs.has(key.slice(4) as Cid)
      }
      // A payment came in: what waited for it is computed now.
      if (isPaid) provider.goOn()
      if (isForgotten) void jobs.removeForgotten()
    },
    measured: (durationMs) => {
      steps += 1
      durations[steps % 4_096] = durationMs
    },
  })
  const content = contentExchange(ports.blocks)
  // Made with its first use: what seals is loaded then.
  let sealing: Promise<SealingKey | undefined> | undefined
  const sealingKey = () => (sealing ??= ownSealingKey(ports.signer))
  const parts: Parts = {
    ...ports,
    log,
    node,
    shell,
    content,
    sealingKey,
    at,
    report,
    changed: (keys) => store.touch(keys),
  }

  const provider = createProviderPlane({
    node,
    shell,
    runtime: ports.runtime,
    now: at,
    verify: ports.verify,
    fetchFile: (cid, { from, ...how }) =>
      content.fetchFile(cid, {
        providers: [from],
        open: (peer) => ports.network.openStream(peer, blocksProtocol, how.signal),
        ...how,
      }),
    sealingKey,
    openChannel: (peer) => ports.network.openStream(peer, Channel),
    keep: content.addFile,
  })
  const requestor = createRequestorPlane({
    node,
    shell,
    network: ports.network,
    store: ports.jobs,
    signer: ports.signer,
    timers: ports.timers,
    now: at,
    keep: content.addFile,
    report,
  })
  const providing = createProviding(parts, provider, await createDataUse(ports.log, ports.now))
  const jobs = createJobs(parts, requestor, store)
  const workflows = createWorkflows(parts, { jobs, requestor, store })
  const sharing = await createSharing(node, content, ports.log)
  const market = createMarket(parts)
  const receipts = createReceipts(parts)
  const guilds = createGuilds(parts, store)
  const disputes = createDisputes(parts, { jobs, receipts, store, share: sharing.share })

  const plane: Plane = {
    openActivity: requestor.openActivity,
    acceptActivity: () => {},
    closeActivity(activity, reason) {
      requestor.closeActivity(activity, reason)
      provider.closeActivity(activity)
    },
  }
  shell.attach(plane)

  /** What is answered without the node's opinion. */
  const answers = new Map<AnyProtocol, () => Promise<Uint8Array>>([
    [PeerExchange, () => Promise.resolve(exchangePeers(ports.network))],
    [AskSealingKey, guilds.ownKey],
  ])
  let addresses: readonly string[] = []
  let isStopped = false
  const discovery = createDiscovery(ports.network, () => isStopped)
  listening.resolve({
    ...shell.handlers,
    addressesChanged(next) {
      addresses = next
      store.touch(['network'])
      if (next.length > 0) discovery.look()
    },
    peerUp(link) {
      shell.handlers.peerUp(link)
      if (link.isRelay) discovery.look()
      store.touch(['peers', 'network'])
    },
    request: (protocol, body, from) => answers.get(protocol)?.() ?? shell.handlers.request(protocol, body, from),
    gossip: (topic, message, from) =>
      topic === GuildTalk ? guilds.hear(message) : shell.handlers.gossip(topic, message, from),
    stream(protocol, stream) {
      if (protocol === Tasks) void provider.serve(stream)
      else if (protocol === Channel) void provider.serveChannel(stream)
      else void sharing.prepare(stream.peerId).then(() => content.serve(stream, { allow: sharing.mayRead }))
    },
  })
  await starting
  await shell.start()
  jobs.resume()
  const unwatch = workflows.resume()
  const undispute = disputes.resume()
  const unguild = guilds.resume()
  const startMs = ports.now() - startedAt

  const network = (): NetworkView => {
    const links = ports.network.links()
    const others = links.some(({ isRelay }) => !isRelay)
    const relays = links.filter(({ isRelay }) => isRelay)
    return {
      status: isStopped ? 'stopped' : others ? 'online' : relays.length > 0 ? 'alone' : 'starting',
      addresses,
      relays: ports.relays.map((address) => {
        const link = relays.find(({ peerId }) => address.endsWith(peerId))
        return { address, connected: link !== undefined, rttMs: link?.rttMs }
      }),
    }
  }
  const peers = store.cached(['peers', 'network'], () =>
    ports.network.links().flatMap((link) => {
      const did = didOfPeerId(link.peerId)
      return link.isRelay || !did
        ? []
        : [{ did, peerId: link.peerId, via: link.via, direct: link.direct, rttMs: link.rttMs }]
    }),
  )

  const mesh: Mesh = {
    did: ports.signer.did,
    peerId: ports.signer.peerId,
    peers,
    network: store.cached(['peers', 'network'], network),
    async ready({ peers: wanted = 1, timeoutMs = 30_000 } = {}) {
      const enough = () => peers().filter(({ direct }) => direct).length >= wanted
      if (enough()) return
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          unsubscribe()
          reject(
            Object.assign(new Error(`${wanted} direct peers were wanted, ${peers().length} are here`), {
              code: 'timed-out',
            }),
          )
        }, timeoutMs)
        const unsubscribe = store.subscribe(() => {
          if (!enough()) return
          clearTimeout(timer)
          unsubscribe()
          resolve()
        })
      })
    },
    async dial(peer) {
      const peerId = peer.startsWith('did:') ? shell.peerIdOf(peer as Did) : (peer as PeerId)
      if (!peerId || !keyOfPeerId(peerId)) return refuse('not-a-peer', { peer: peer.slice(0, 80) })
      return ports.network.dial(peerId, [], AbortSignal.timeout(15_000)).then(
        () => ({ ok: true, value: undefined }) as const,
        (error: unknown) => refuse('unreachable', { reason: error instanceof Error ? error.message : '' }),
      )
    },
    provide: providing.provide,
    provider: store.cached(['tiles', 'selling', 'account', 'activity'], providing.view),
    submit: jobs.submit,
    jobs: store.cached(['job', 'activity', 'agreement', 'account', 'tiles'], jobs.views),
    job: jobs.handle,
    runWorkflow: workflows.submit,
    workflows: store.cached(['workflow', 'job', 'account'], workflows.views),
    workflow: workflows.handle,
    market,
    content: createContent(parts, { sharing, peers }),
    receipts: {
      ...receipts,
      dispute: disputes.open,
      disputes: store.cached(['dispute'], disputes.views),
    },
    payments: { balance: () => balances(node), documents: () => documentsOf(node) },
    modules: createModules(ports),
    sandbox: { tryToBreak: () => tryToBreak(ports.openRuntime) },
    reputation: createReputation(parts),
    guilds: guilds.api,
    governance: notAvailable,
    inference: notAvailable,
    metrics: () => ({
      steps,
      stepP99Ms: percentile(durations, 0.99),
      events: appended,
      startMs,
      peers: peers().length,
      queued: node.outbox.parcels.size,
    }),
    subscribe(selector, listener) {
      let last = selector(mesh)
      return store.subscribe(() => {
        const next = selector(mesh)
        if (Object.is(next, last)) return
        last = next
        listener(next)
      })
    },
    faults: store.cached(['faults'], () => [...faults]),
    async stop() {
      if (isStopped) return
      await providing.stop('The tab is closing.')
      isStopped = true
      discovery.stop()
      unwatch()
      undispute()
      unguild()
      requestor.stop()
      provider.stop()
      await shell.stop()
      await Promise.all([ports.network.stop(), ports.runtime.stop()])
      await takeSnapshot(ports.log, node, appended).catch(() => {})
      await ports.close()
      store.touch(['network'])
    },
  }
  return mesh
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Rooms that come later answer every call alike. */
const notAvailable: NotAvailable = new Proxy(
  {},
  {
    // What `await` and the console ask of any object is no call.
    get: (_, name) =>
      typeof name === 'symbol' || name === 'then' || name === 'toJSON'
        ? undefined
        : async () => refuse('not-available'),
  },
)
