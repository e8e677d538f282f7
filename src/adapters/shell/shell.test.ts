import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Signer } from '../../identity/signing.ts'
import { seeded } from '../../kernel/rng.ts'
import { timestamp } from '../../kernel/time.ts'
import { JobInterest, OfferIds, OfferWithdrawn, PullOffers } from '../../market/messages.ts'
import { Deliver } from '../../node/messages.ts'
import { events, protocols, streams, topics } from '../../node/registry.ts'
import { initialState, type NodeState } from '../../node/state.ts'
import { aPlan, freeFacts } from '../../node/world.examples.ts'
import { receipt } from '../../receipts/receipt.examples.ts'
import { PullReviews, Review, Reviews } from '../../reputation/messages.ts'
import { cidOf } from '../../wire/cid.ts'
import { decode, encode } from '../../wire/codec.ts'
import { sealed, signedMessage } from '../../wire/gate.ts'
import type { Did } from '../../wire/schema.ts'
import { memoryKeyStore } from '../identity/key-stores.ts'
import { openSigner, verify } from '../identity/keyring.ts'
import { createMemoryNetwork, createSwitchboard } from '../memory/network.ts'
import { memoryDisk, memoryStorage } from '../memory/storage.ts'
import type { Network } from '../network.port.ts'
import { type EventLog, type NewLogEntry, StorageFailure } from '../storage.port.ts'
import { plainTimers } from '../timer-worker.ts'
import { createShell, type Shell } from './shell.ts'

/** A disk whose writes wait for a word, or fail. Keeps what it was asked to write, call by call. */
type Disk = {
  readonly log: EventLog
  readonly writes: string[][]
  isHeld: boolean
  failsWith: StorageFailure | undefined
  release(): void
}
function slowDisk(): Disk {
  const { log } = memoryStorage(memoryDisk())
  const waiting: (() => void)[] = []
  const disk: Disk = {
    log: {
      ...log,
      async append(entries: readonly NewLogEntry[]) {
        if (disk.failsWith) throw disk.failsWith
        disk.writes.push(entries.map(({ body }) => typeOf(body)))
        if (disk.isHeld) await new Promise<void>((resolve) => waiting.push(resolve))
        await log.append(entries)
      },
    },
    writes: [],
    isHeld: false,
    failsWith: undefined,
    release() {
      disk.isHeld = false
      for (const go of waiting.splice(0)) go()
    },
  }
  return disk
}
const typeOf = (body: Uint8Array): string => {
  const read = decode(body)
  return read.ok ? (read.value as { type: string }).type : ''
}

/** One shell under test, and a neighbour that notes what it hears. */
type Stage = {
  readonly shell: Shell
  readonly disk: Disk
  readonly me: Signer
  readonly neighbour: Signer
  readonly there: Network
  /** Offers of the shell's own that the neighbour heard of, in order. */
  readonly heard: string[]
  readonly faults: string[]
  readonly offers: () => number
  readonly node: NodeState
}

async function signer(): Promise<Signer> {
  const opened = await openSigner(memoryKeyStore())
  if (!opened.ok) throw new Error(opened.code)
  return opened.value
}

async function stage(): Promise<Stage> {
  const [me, neighbour] = [await signer(), await signer()]
  const board = createSwitchboard()
  const member = (peerId: Signer['peerId']) =>
    createMemoryNetwork({ board, peerId, protocols, topics, streams, now: () => 0 })
  const [network, there] = [member(me.peerId), member(neighbour.peerId)]
  const disk = slowDisk()
  const node = initialState(me.did)
  const faults: string[] = []
  const shell = createShell({
    node,
    signer: me,
    verify,
    registry: events,
    network,
    log: disk.log,
    rng: seeded(1),
    timers: plainTimers(),
    now: () => timestamp(1_700_000_000_000),
    changed: () => {},
    measured: () => {},
    report: ({ code, phase }) => faults.push(`${phase} ${code}`),
  })
  const heard: string[] = []
  await there.start({
    peerUp: () => {},
    peerChanged: () => {},
    peerDown: () => {},
    addressesChanged: () => {},
    stream: () => {},
    request: async (protocol) => encode(protocol === PullReviews ? { said: [] } : { offers: [] }),
    gossip: async (topic, message) => {
      const read = decode(message)
      if (topic === OfferIds && read.ok) {
        const { offers, withdrawn } = read.value as { offers: string[]; withdrawn: Uint8Array[] }
        heard.push(...offers.map(() => 'offered'), ...withdrawn.map(() => 'withdrawn'))
      }
      return 'accept'
    },
  })
  await network.start({ ...shell.handlers, addressesChanged: () => {}, stream: () => {} })
  await network.dial(neighbour.peerId, [], AbortSignal.timeout(1_000))
  return { shell, disk, me, neighbour, there, heard, faults, offers: () => node.offers.size, node }
}

/** Lets everything happen that can, keys and signatures too, until `holds`; ten seconds are long also for a busy machine. */
async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 10_000
  while (!holds()) {
    if (performance.now() > end) throw new Error('it never came about')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
/** As many rounds as a message takes many times over. */
async function aWhile(): Promise<void> {
  let rounds = 0
  await until(() => rounds++ > 200)
}

const sell = { type: 'sell', plan: aPlan({ facts: freeFacts }) } as const
const stop = { type: 'stopSelling', reason: '' } as const

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('a shell whose disk is slow', () => {
  it('[ND2] says nothing before what it states is written', async () => {
    const { shell, disk, heard } = await stage()
    disk.isHeld = true
    let answer: unknown
    void shell.command(sell).then((told) => {
      answer = told
    })
    await aWhile()
    expect([disk.writes, heard, answer]).toEqual([[['market/offer']], [], undefined])
    disk.release()
    await until(() => heard.length > 0)
    expect([heard, answer]).toEqual([['offered'], { ok: true, value: undefined }])
  })

  it('[ND2] lets a step that states nothing wait behind one that does', async () => {
    const { shell, disk, me, there } = await stage()
    disk.isHeld = true
    void shell.command(sell)
    let pulled: Uint8Array | undefined
    void there.request(me.peerId, PullOffers, encode({ ids: [] })).then((answer) => {
      pulled = answer
    })
    await aWhile()
    expect(pulled).toBeUndefined()
    disk.release()
    await until(() => pulled !== undefined)
    const read = decode(pulled!)
    expect(read.ok && (read.value as { offers: Uint8Array[] }).offers).toHaveLength(1)
  })

  it('[ND2] answers in the order of its steps, and writes what waited in one go', async () => {
    const { shell, disk, heard } = await stage()
    disk.isHeld = true
    const answered: number[] = []
    const all = Promise.all([sell, stop, sell].map((one, at) => shell.command(one).then(() => answered.push(at))))
    await aWhile()
    expect([disk.writes, answered]).toEqual([[['market/offer']], []])
    disk.release()
    await all
    await until(() => heard.length === 3)
    expect(answered).toEqual([0, 1, 2])
    expect(disk.writes).toEqual([['market/offer'], ['market/offer-withdrawn', 'market/offer']])
    const kept = await disk.log.read(0, 10)
    expect(kept.map(({ body }) => typeOf(body))).toEqual(disk.writes.flat())
  })

  it('says what it only answers at once, where nothing waits', async () => {
    const { me, there, disk } = await stage()
    const answer = await there.request(me.peerId, PullOffers, encode({ ids: [] }))
    expect([decode(answer), disk.writes]).toEqual([{ ok: true, value: { offers: [] } }, []])
  })
})

describe('a shell whose disk fails', () => {
  it('[ND2] keeps back what was not written, says so, and tries again', async () => {
    const { shell, disk, heard, faults } = await stage()
    disk.failsWith = new StorageFailure('disk-full', 'no room')
    expect(await shell.command(sell)).toMatchObject({ ok: false, code: 'storage-waits' })
    for (let tries = 0; tries < 3; tries++) {
      await aWhile()
      vi.advanceTimersByTime(1_000)
    }
    await aWhile()
    expect(heard).toEqual([])
    expect(faults.length).toBeGreaterThan(2)
    expect(new Set(faults)).toEqual(new Set(['persist disk-full']))
    disk.failsWith = undefined
    vi.advanceTimersByTime(1_000)
    await until(() => heard.length > 0)
    expect([heard, disk.writes]).toEqual([['offered'], [['market/offer']]])
  })

  it('begins nothing meanwhile, neither for its person nor for a peer', async () => {
    const { shell, disk, there, me, heard } = await stage()
    disk.failsWith = new StorageFailure('disk-full', 'no room')
    await shell.command(sell)
    expect(await shell.command(stop)).toMatchObject({ ok: false, code: 'storage-broken' })
    await expect(there.request(me.peerId, PullOffers, encode({ ids: [] }))).rejects.toThrow()
    disk.failsWith = undefined
    vi.advanceTimersByTime(1_000)
    await until(() => heard.length > 0)
    await aWhile()
    expect(heard).toEqual(['offered']) // the stop that was refused is not made up for
    expect(await shell.command(stop)).toMatchObject({ ok: true })
  })

  it('keeps four thousand steps and no more', async () => {
    const { shell, disk, offers } = await stage()
    disk.isHeld = true
    void shell.command(sell)
    for (let i = 0; i < 5_000; i++) void shell.input({ type: 'timer', key: 'selling' })
    expect(await shell.command(stop)).toMatchObject({ ok: false, code: 'storage-broken' })
    disk.release()
    await aWhile()
    expect([disk.writes, offers()]).toEqual([[['market/offer']], 0])
    expect(await shell.command(stop)).toMatchObject({ ok: true })
  })

  it('[ND2] keeps the order also of what came while it failed', async () => {
    const { shell, disk, heard } = await stage()
    disk.failsWith = new StorageFailure('storage-broken', 'gone')
    void shell.command(sell)
    void shell.command(stop)
    await aWhile()
    disk.failsWith = undefined
    vi.advanceTimersByTime(1_000)
    await until(() => heard.length === 2)
    expect(heard).toEqual(['offered', 'withdrawn'])
    expect(disk.writes).toEqual([['market/offer', 'market/offer-withdrawn']])
  })
})

describe('what comes in', () => {
  const withdrawal = async (by: Signer, author: Did) => {
    const head = { author, issuedAt: timestamp(1_700_000_000_000), prev: undefined }
    const event = OfferWithdrawn.author(head, { offer: cidOf(encode('offer'), 'dag-cbor') })
    const signature = await by.sign(signedMessage(event.body.type, event.bytes))
    return { id: event.id, bytes: sealed(event.bytes, signature) }
  }

  it('[WI10] is given a verdict where its signature holds, and none where it does not', async () => {
    const { there, me, neighbour, faults } = await stage()
    const [good, forged] = [await withdrawal(neighbour, neighbour.did), await withdrawal(neighbour, me.did)]
    const body = encode({ to: me.did, events: [good.bytes, forged.bytes, new Uint8Array(3)] })
    const answer = decode(await there.request(me.peerId, Deliver, body))
    expect(answer).toEqual({ ok: true, value: { verdicts: [{ id: good.id }] } })
    expect(faults).toEqual(['gate bad-signature', 'gate malformed'])
  })

  it('is refused where it is for somebody else, or no message at all', async () => {
    const { shell, neighbour } = await stage()
    const other = encode({ to: neighbour.did, events: [] })
    await expect(shell.handlers.request(Deliver, other, neighbour.peerId)).rejects.toMatchObject({
      code: 'wrong-recipient',
    })
    await expect(shell.handlers.request(Deliver, new Uint8Array(9), neighbour.peerId)).rejects.toMatchObject({
      code: 'malformed',
    })
  })

  it('by gossip is carried on only where it is what it says', async () => {
    const { shell, neighbour, me } = await stage()
    const said = (message: unknown) => shell.handlers.gossip(OfferIds, encode(message), neighbour.peerId)
    const [good, forged] = [await withdrawal(neighbour, neighbour.did), await withdrawal(neighbour, me.did)]
    const by = neighbour.did
    expect(await said({ by, offers: [], withdrawn: [good.bytes] })).toBe('accept')
    expect(await said({ by, offers: [], withdrawn: [forged.bytes] })).toBe('reject')
    const head = { author: by, issuedAt: timestamp(1_700_000_000_000), prev: undefined }
    const other = JobInterest.author(head, { job: cidOf(encode('job'), 'dag-cbor'), to: me.did })
    const genuine = sealed(other.bytes, await neighbour.sign(signedMessage(other.body.type, other.bytes)))
    expect(await said({ by, offers: [], withdrawn: [genuine] })).toBe('reject')
    expect(await said({ by, offers: ['no cid'], withdrawn: [] })).toBe('reject')
    expect(await said({ offers: 7 })).toBe('reject')
  })

  it('[RV7] a review by gossip is taken with its receipt, both signed by whom they name', async () => {
    const { shell, neighbour, me, node } = await stage()
    const there = { author: neighbour.did, issuedAt: timestamp(1_700_000_000_000), prev: undefined }
    const done = receipt({ author: neighbour.did, requestor: me.did, issuedAt: there.issuedAt })
    const fields = { receipt: done.id, job: done.body.job, tag: 'wasi-p1', ratingPermille: 900, comment: '' }
    const word = Review.author(there, { ...fields, subject: me.did })
    const sealedBy = async (by: Signer, event: { body: { type: string }; bytes: Uint8Array<ArrayBuffer> }) =>
      sealed(event.bytes, await by.sign(signedMessage(event.body.type, event.bytes)))
    const said = (review: Uint8Array, about: Uint8Array) =>
      shell.handlers.gossip(Reviews, encode({ review, receipt: about }), neighbour.peerId)
    const [genuine, about] = [await sealedBy(neighbour, word), await sealedBy(neighbour, done)]
    const stranger = await signer()
    expect(await said(await sealedBy(stranger, word), about)).toBe('reject')
    expect(await said(genuine, await sealedBy(stranger, done))).toBe('reject')
    expect(await said(about, genuine)).toBe('reject')
    expect(await said(new Uint8Array(9), about)).toBe('reject')
    expect(await said(genuine, about)).toBe('accept')
    expect(node.reviews.get(me.did)?.size).toBe(1)
    expect(await said(genuine, about)).toBe('ignore')
  })
})
