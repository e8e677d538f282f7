import { type DropCode, fetchPlan } from '../../content/fetch-plan.ts'
import { isManifest, type ManifestCode } from '../../content/manifest.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'
import type { PeerId } from '../../wire/schema.ts'
import type { FrameStream } from '../network.port.ts'
import type { BlockStore } from '../storage.port.ts'
import { assemble, type OnPrefix } from './assembly.ts'
import { nameOf } from './hash.ts'
import { type Talk, talkOver } from './talk.ts'

export type ContentCode = ManifestCode | 'content-missing' | 'content-cancelled'

/** What is known so far; `wantedBlocks` grows while the manifests of a very large file come in. */
export type FetchProgress = {
  readonly blocks: number
  readonly wantedBlocks: number
  readonly bytes: number
  /** Undefined until the manifest is there. */
  readonly sizeBytes: number | undefined
}

export type FetchOptions = {
  readonly providers: AsyncIterable<PeerId> | Iterable<PeerId>
  open(peer: PeerId): Promise<FrameStream>
  onProgress?: ((progress: FetchProgress) => void) | undefined
  onPrefix?: OnPrefix | undefined
  onDropped?: ((peer: PeerId, code: DropCode) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** Larger files are refused before memory is taken for them. */
  readonly mostBytes: number
  /** How long a peer may owe a block without sending any, take to open a stream, or a search for the next one last. */
  readonly silentMs: number
}

/** Peers that send at the same time: more share the same wire and only add hand-shakes. */
const mostBusy = 4
/** Streams open at once, those of peers that have nothing for us included. */
const mostOpen = 16
/** Peers tried for one file: whoever lists more is not helping. */
const mostTried = 64
/** Blocks being hashed or stored: 8 MiB, after which no more is asked for until the disk has caught up. */
const mostLanding = 32

/** Blocks stored in one transaction: a transaction for each would cost as much as the block. */
const storeTogether = 8

/** Fetches a file from whoever has it. Rejects with nothing: storage that fails only means that nothing is kept for later. */
export function fetchFrom(
  blocks: BlockStore,
  root: Cid,
  options: FetchOptions,
): Promise<Result<Uint8Array, ContentCode>> {
  const { open, onProgress, onPrefix, onDropped, signal, mostBytes, silentMs } = options
  const plan = fetchPlan()
  const assembly = assemble(blocks, plan, { root, mostBytes, onPrefix })
  const talks = new Map<PeerId, Talk>()
  const tried = new Set<PeerId>()
  const dropped: string[] = []
  const now = (): number => performance.now()
  let unstored: { readonly cid: Cid; readonly bytes: Uint8Array; readonly done: () => void }[] = []
  let opening = 0
  let landing = 0
  let searching = true
  let searchedAt = now()
  let tickedAt = now()
  let wake: () => void = () => {}

  return new Promise((resolve) => {
    let ended = false
    const cancel = (): void => end(refuse('content-cancelled', { cid: root }))
    const timer = setInterval(tick, Math.min(1_000, silentMs / 4))
    const iterator = iterate(options.providers)

    function end(result: Result<Uint8Array, ContentCode>): void {
      if (ended) return
      ended = true
      storeAll()
      clearInterval(timer)
      signal?.removeEventListener('abort', cancel)
      iterator.return(undefined).catch(() => {})
      for (const talk of talks.values()) talk.finish()
      wake()
      resolve(result)
    }

    /** Asks whoever is free, lets the search go on, and ends what has come to its end. */
    function kick(): void {
      if (ended) return
      if (assembly.refusal) end(assembly.refusal)
      else if (plan.complete && landing === 0 && assembly.file) end(ok(assembly.file))
      else goOn()
    }
    function goOn(): void {
      if (landing < mostLanding) for (const talk of talks.values()) talk.ask(plan.next(talk.peer, now()))
      wake()
      if (searching || opening > 0 || landing > 0) return
      const missing = plan.missing([...talks.keys()])
      if (missing === undefined) return
      end(refuse('content-missing', { cid: root, block: missing, peersTried: tried.size, dropped: dropped.join(' ') }))
    }

    function tick(): void {
      const slept = tickedAt + silentMs / 2 < now()
      tickedAt = now()
      storeAll() // a slow peer's blocks do not wait for the next
      // a tab that was frozen reads what came meanwhile before it calls anybody silent
      if (!slept) for (const peer of plan.silent(now(), silentMs)) drop(peer, 'silent')
      if (plan.busyPeers > 0 || opening > 0 || landing > 0 || slept) searchedAt = now()
      else if (searchedAt + silentMs <= now()) searching = false
      kick()
    }

    function drop(peer: PeerId, code: DropCode): void {
      const talk = talks.get(peer)
      if (ended || !talk) return
      talks.delete(peer)
      plan.drop(peer)
      talk.abort(code)
      noteDropped(peer, code)
      kick()
    }
    function noteDropped(peer: PeerId, code: DropCode): void {
      dropped.push(`${peer.slice(-6)}:${code}`)
      onDropped?.(peer, code)
    }

    async function land(peer: PeerId, cid: Cid, bytes: Uint8Array): Promise<void> {
      landing++
      const right = (await nameOf(bytes, isManifest(cid) ? 'dag-cbor' : 'raw')) === cid
      if (!right) drop(peer, 'junk-block')
      else if (!ended && plan.arrived(peer, cid, now())) {
        const stored = store(cid, bytes)
        await assembly.take(cid, bytes)
        onProgress?.(progress())
        if (!ended) kick()
        await stored
      }
      landing--
      kick()
    }
    const store = (cid: Cid, bytes: Uint8Array): Promise<void> =>
      new Promise((done) => {
        unstored.push({ cid, bytes, done })
        if (unstored.length >= storeTogether || plan.complete || ended) storeAll()
      })
    function storeAll(): void {
      const together = unstored
      unstored = []
      // what is not kept is only fetched again one day
      for (const { cid, bytes, done } of together) blocks.put(cid, bytes).then(done, done)
    }
    const progress = (): FetchProgress => ({
      blocks: plan.arrivedBlocks,
      wantedBlocks: plan.wantedBlocks,
      bytes: assembly.bytes,
      sizeBytes: assembly.sizeBytes,
    })

    async function converse(peer: PeerId): Promise<void> {
      opening++
      const stream = await within(silentMs, open(peer))
      opening--
      if (!stream || ended) {
        stream?.abort('not needed')
        if (!ended) noteDropped(peer, 'unreachable')
        return kick()
      }
      const talk = talkOver(stream, (code) => drop(peer, code))
      talks.set(peer, talk)
      kick()
      const code = await talk.listen({
        answered: (asked, had) => {
          plan.answered(peer, asked, had, now())
          kick()
        },
        block: (cid, bytes) => {
          if (!plan.owes(peer, cid)) return false
          void land(peer, cid, bytes)
          return true
        },
      })
      drop(peer, code)
    }

    async function search(): Promise<void> {
      while (!ended && searching && tried.size < mostTried) {
        if (plan.busyPeers + opening >= mostBusy || talks.size + opening >= mostOpen) {
          await new Promise<void>((awake) => {
            wake = awake
          })
          continue
        }
        const found = await iterator.next().catch(() => undefined)
        if (!found || found.done) break
        if (tried.has(found.value)) continue
        tried.add(found.value)
        void converse(found.value)
      }
      searching = false
      kick()
    }

    if (signal?.aborted) return cancel()
    signal?.addEventListener('abort', cancel)
    void assembly.begin().then(() => {
      if (assembly.bytes > 0) onProgress?.(progress())
      kick()
      if (!ended) void search()
    })
  })
}

/** What `work` gives in time, or undefined; a stream that comes too late is ended. */
async function within(waitMs: number, work: Promise<FrameStream>): Promise<FrameStream | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  let late = false
  work.then((stream) => late && stream.abort('too late')).catch(() => {})
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      late = true
      resolve(undefined)
    }, waitMs)
  })
  const stream = await Promise.race([work.catch(() => undefined), timeout])
  clearTimeout(timer)
  return stream
}

/** One kind of iterator for lists and for searches that go on. */
async function* iterate<T>(source: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  yield* source
}
