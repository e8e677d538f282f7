/**
 * Claim: a file of 64 MB from tab to tab moves at 0.8 of a bare data channel with messages of 256 KiB, or faster, stored and
 * verified included; and while it moves, control round trips keep a 99th percentile of at most three times the idle one.
 * The bare one stores and hashes nothing. Each is measured alone; the round trips belong to a second file, and what they are
 * beside the bare channel's own bulk, with nothing to hold it back, is said as a note.
 */
import type { Page } from 'playwright'
import type { Job } from '../src/sdk/api.ts'
import { connectBare } from './channel.page.ts'
import { interleaved, note, pairsAsked, quantile, ratioRow, tell } from './measure.ts'
import { donate, meet, openStage } from './stage.ts'

const sizeBytes = 64 * 1024 * 1024
const asking = 400 // round trips of an idle link: enough for a percentile
const megabytesPerSecond = (tookMs: number): number => sizeBytes / 1_000 / tookMs

const stage = await openStage()
try {
  const owner = await stage.openTab()
  // tabs of one browser share their blocks: the file must come from another one
  const taker = await stage.openTab(await stage.openContext())
  await meet([owner, taker])
  await donate(taker)
  const blank = [await stage.openBlank(), await stage.openBlank()] as const
  await connectBare(...blank)
  const peer = (await owner.evaluate(() => window.tabmesh?.peerId)) ?? ''

  const whileMoving: number[] = []
  const whileIdle: number[] = []
  const besideBare: number[] = []
  const bareMs = async (): Promise<number> =>
    (await blank[0].evaluate((size) => globalThis.bareChannel?.sendMs(size), sizeBytes)) ?? 0
  await fetchFile(owner, taker, { peer, isAsking: true })
  await bareMs()
  const pairs = await interleaved(
    pairsAsked(),
    async () => {
      whileIdle.push(quantile(await taker.evaluate(ask, { peer, count: asking }), 0.99))
      const talked = await fetchFile(owner, taker, { peer, isAsking: true })
      whileMoving.push(quantile(talked.trips, 0.99))
      const { tookMs } = await fetchFile(owner, taker, { peer, isAsking: false })
      return megabytesPerSecond(tookMs)
    },
    async () => {
      const tookMs = await bareMs()
      const trips = await blank[0].evaluate((size) => globalThis.bareChannel?.tripsWhileSending(size), sizeBytes)
      besideBare.push(quantile(trips ?? [], 0.99))
      return megabytesPerSecond(tookMs)
    },
  )
  const shownMs = (all: readonly number[]): string => `${all.map((ms) => ms.toFixed(1)).join(' ')} ms`
  note(`p99 moving ${shownMs(whileMoving)}, idle ${shownMs(whileIdle)}, beside a bare channel ${shownMs(besideBare)}`)
  tell(ratioRow('64 MB from tab to tab : bare data channel', pairs, { unit: 'MB/s', atLeast: 0.8 }))
  const trips = { ours: whileMoving, bare: whileIdle, ratios: whileMoving.map((ms, i) => ms / (whileIdle[i] ?? ms)) }
  tell(ratioRow('p99 of control round trips while it moves : idle', trips, { unit: 'ms', atMost: 3 }))
} finally {
  await stage.close()
}

/** A new file each time, for what is stored is not fetched again. */
async function fetchFile(
  owner: Page,
  taker: Page,
  { peer, isAsking }: { peer: string; isAsking: boolean },
): Promise<{ tookMs: number; trips: number[] }> {
  await owner.evaluate(keepOpen, '/jobs/bench-empty.wasm')
  const cid = await owner.evaluate(addFile, sizeBytes)
  return taker.evaluate(getFile, { cid, peer, sizeBytes, isAsking })
}

declare global {
  var openJob: Job | undefined
}

/** Runs in the owner: a job whose source waits keeps an activity open, and who works for us may read our files. */
async function keepOpen(module: string): Promise<void> {
  async function* tasks() {
    yield {}
    await new Promise(() => {})
  }
  await globalThis.openJob?.cancel()
  const bytes = new Uint8Array(await (await fetch(module)).arrayBuffer())
  globalThis.openJob = window.tabmesh?.submit({ module: bytes, tasks: tasks(), policy: { redundancy: 'once' } })
  if (globalThis.openJob) for await (const _first of globalThis.openJob.results()) return
}

async function addFile(sizeBytes: number): Promise<string> {
  const words = new Uint32Array(sizeBytes / 4)
  let state = (Math.random() * 2 ** 32) >>> 0 || 1
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[i] = state
  }
  const added = await window.tabmesh?.content.add(new Uint8Array(words.buffer))
  if (!added?.ok) throw new Error(`not stored: ${added?.code}`)
  return added.value
}

type Wanted = { cid: string; peer: string; sizeBytes: number; isAsking: boolean }

/** Runs in the taker: the file, and where asked for a round trip to its owner after the other until it is there. */
async function getFile({ cid, peer, sizeBytes, isAsking }: Wanted) {
  const mesh = window.tabmesh
  if (!mesh) throw new Error('no node in this tab')
  const trips: number[] = []
  let isMoving = true
  const asking = (async () => {
    while (isAsking && isMoving) {
      const from = performance.now()
      await mesh.dial(peer)
      trips.push(performance.now() - from)
    }
  })()
  const from = performance.now()
  const got = await mesh.content.get(cid as never, { from: [peer as never] })
  const tookMs = performance.now() - from
  isMoving = false
  await asking
  if (!got.ok || got.value.length !== sizeBytes)
    throw new Error(`not fetched: ${got.ok ? got.value.length : JSON.stringify(got)}`)
  return { tookMs, trips }
}

/** A dial to a peer that is there already asks it for a sign of life, and nothing else. */
async function ask({ peer, count }: { peer: string; count: number }): Promise<number[]> {
  const trips: number[] = []
  for (let i = 0; i < count; i++) {
    const from = performance.now()
    await window.tabmesh?.dial(peer)
    trips.push(performance.now() - from)
  }
  return trips
}
