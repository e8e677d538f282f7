import type { WireTask } from '../../activity/messages.ts'
import { zero } from '../../kernel/amount.ts'
import { ok } from '../../kernel/result.ts'
import { aPlan } from '../../node/world.examples.ts'
import type { ReceiptBody } from '../../receipts/messages.ts'
import type { Redundancy } from '../../receipts/redundancy.ts'
import { type Cid, cidOf } from '../../wire/cid.ts'
import { verify } from '../identity/keyring.ts'
import { asRequestor, aTask, handRuntime, now, openTasks, pair, until } from './plane.fixture.ts'
import { createProviderPlane } from './provider.ts'

/** What a test has opened: ended after it, the newest first. */
export const stops: (() => unknown)[] = []

export const eight = new Uint8Array(8)
export const someContent = cidOf(eight, 'raw')
export const secret = new Uint8Array(16).fill(3)
/** Tasks `from` to `to`, the last not among them; each is named by its only argument. */
export const tasks = (from: number, to: number): WireTask[] =>
  Array.from({ length: to - from }, (_, n) => ({ index: from + n, ...aTask(`${from + n}`) }))

/** A provider whose requestor is played by hand: an activity is agreed, and its stream open and ready. */
export async function opened({
  slots = 2,
  clock = now,
  isPaidFirst = false,
  content = Promise.resolve(eight),
  redundancy = undefined as Redundancy | undefined,
} = {}) {
  const kept: Uint8Array[] = []
  const both = await pair(10, undefined, isPaidFirst, { redundancy })
  const { provider, requestor } = both
  const runtime = handRuntime(slots)
  const { node, shell } = provider
  const fetchFile = async (cid: Cid) => ok(cid === someContent ? await content : eight)
  const plane = createProviderPlane({
    node,
    shell,
    runtime,
    verify,
    sealingKey: () => Promise.resolve(undefined),
    openChannel: () => Promise.reject(new Error('nobody speaks here')),
    fetchFile,
    keep: async (bytes) => kept.push(bytes),
    now: clock,
  })
  stops.push(both.stop, () => plane.stop())
  provider.attach({ closeActivity: plane.closeActivity })
  await both.submit()
  const activity = await until(() => [...node.activities.keys()][0])
  if (isPaidFirst) await shell.command({ type: 'sell', plan: aPlan({ strangersLimit: zero }) })
  const open = async (told: { received?: number; of?: Cid } = {}, from = requestor) => {
    const stream = await openTasks(from, provider)
    void plane.serve(provider.incoming.at(-1)!)
    const wire = asRequestor(stream)
    await wire.send({ type: 'open', activity: told.of ?? activity, received: told.received ?? 0, secret })
    return wire
  }
  const wire = await open()
  await until(() => states(wire).includes('Ready'))
  /** What is in a frame of results: the receipt, proven, and the indexes. */
  const read = async (frame: { receipt: Uint8Array; results: readonly { index: number }[] }) => {
    const unsealed = await requestor.shell.sealing.unseal(frame.receipt)
    if (!unsealed.ok) throw new Error(unsealed.code)
    return { body: unsealed.value.body as ReceiptBody, indexes: frame.results.map(({ index }) => index) }
  }
  return { ...both, runtime, plane, activity, open, wire, read, kept }
}
export const states = ({ heard }: ReturnType<typeof asRequestor>): string[] =>
  heard.flatMap((frame) => (frame.type === 'state' ? [frame.state] : []))
