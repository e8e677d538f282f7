import { expect } from 'vitest'
import { journeys, type Tab, type World } from './harness.ts'
import { donate, resultsOf, submit } from './jobs.ts'
import { overhears } from './overhears.ts'

const keeping = { relayKeepsWhatItReads: true }
const directly = journeys([], keeping)
/** As in blocked.journey.ts: no two tabs find a direct way. */
const relayed = journeys(['--webrtc-ip-handling-policy=disable_non_proxied_udp'], keeping)

type Marks = { readonly name: string; readonly input: string; readonly file: string }
/** Words that nothing else says, one in each thing that a sealed job hides. */
const marksOf = (kind: 'sealed' | 'open'): Marks => ({
  name: `${kind}nametamarind`,
  input: `${kind}inputtamarind`,
  file: `${kind}filetamarind`,
})

/** A provider, a buyer, and a tab that only listens; every socket is tapped, and what the tabs and the relay get is kept. */
async function tapped(world: World, via: 'webrtc' | 'relay') {
  const wire: Buffer[] = []
  const open = async (name: string): Promise<Tab> =>
    (await world.machine()).open(name, { before: overhears, tapped: (bytes) => wire.push(bytes) })
  const tabs = { provider: await open('provider'), bystander: await open('bystander'), buyer: await open('buyer') }
  for (const tab of Object.values(tabs))
    await tab.until((mesh, via) => mesh.peers().filter((peer) => peer.via === via).length === 2, via)
  await donate(tabs.provider)
  await tabs.buyer.until((mesh) => mesh.market.offers().length === 1)
  return { ...tabs, wire: () => Buffer.concat(wire) }
}

/** Runs a job with a mark in its name, its input and a file, and tells what its program wrote. */
async function marked(buyer: Tab, kind: 'sealed' | 'open') {
  const { name, input, file } = marksOf(kind)
  const cid = await buyer.mesh(async (mesh, text) => {
    const added = await mesh.content.add(new TextEncoder().encode(text))
    return added.ok ? (added.value as string) : added.code
  }, `${file} `.repeat(2_000))
  const job = await submit(buyer, {
    name,
    module: '/jobs/words.wasm',
    tasks: [{ args: ['words'], stdin: `${input} `.repeat(200) }],
    content: [cid as never],
    sealed: kind === 'sealed',
    policy: { door: 'announcement' },
  })
  const [told] = await resultsOf(buyer, job)
  await buyer.until((mesh, job) => mesh.job(job)!.view()!.status === 'ReceiptAnchored', job)
  return { job, stdout: told?.stdout ?? '' }
}

/** What a listener gets who asks the buyer for the files that a job names, as whoever heard of it may. */
const asks = async (bystander: Tab, buyer: Tab, job: string, mark: string): Promise<string> => {
  const named = await buyer.mesh((mesh, job) => {
    const [file] = mesh.job(job)!.view()!.spec.content ?? []
    return { file: file as string, from: mesh.peerId as string }
  }, job)
  return bystander.mesh(
    async (mesh, { file, from, mark }) => {
      const found = await mesh.content.get(file as never, { from: [from as never] })
      if (!found.ok) return found.code
      return new TextDecoder().decode(found.value).includes(mark) ? 'read' : 'unreadable'
    },
    { ...named, mark },
  )
}

const places = ['wire', 'relay', 'bystander', 'provider'] as const
type Place = (typeof places)[number]
/** By place: which marks can be read there. */
const readable = (marks: Marks, all: Readonly<Record<Place, Buffer>>) =>
  Object.fromEntries(
    places.map((place) => [
      place,
      Object.entries(marks).flatMap(([what, mark]) => (all[place].includes(mark) ? [what] : [])),
    ]),
  )
const heardBy = async (tab: Tab): Promise<Buffer> =>
  Buffer.from(await tab.page.evaluate(() => window.heard!.join('')), 'latin1')

const nothing = { wire: [], relay: [], bystander: [], provider: [] }
/**
 * What is read of an open job: over WebRTC the provider's tab gets it as it is, and a listener what it asks for. Over a circuit both get
 * it under Noise, where no recording of a page sees it; that the relay reads its name is the control there.
 */
const ofOpen = {
  webrtc: { wire: [], relay: ['name'], bystander: ['name', 'file'], provider: ['name', 'input', 'file'] },
  relay: { wire: [], relay: ['name'], bystander: [], provider: [] },
} as const

for (const [it, via] of [
  [directly, 'webrtc'],
  [relayed, 'relay'],
] as const) {
  const way = via === 'webrtc' ? 'between two tabs' : 'by the relay'
  it(`nobody on its way reads a sealed job, carried ${way}, where an open one can be read`, async ({ world }) => {
    const { provider, bystander, buyer, wire } = await tapped(world, via)
    const [sealed, open] = [marksOf('sealed'), marksOf('open')]
    const jobs = { sealed: await marked(buyer, 'sealed'), open: await marked(buyer, 'open') }
    // Both were computed: the provider reads what it computes with.
    expect(jobs.sealed.stdout).toContain(`${sealed.input}\t200`)
    expect(jobs.open.stdout).toContain(`${open.input}\t200`)
    expect(await asks(bystander, buyer, jobs.open.job, open.file)).toBe('read')
    expect(await asks(bystander, buyer, jobs.sealed.job, sealed.file)).toBe('content-missing')

    const all = {
      wire: wire(),
      relay: await world.relayRead(),
      bystander: await heardBy(bystander),
      provider: await heardBy(provider),
    }
    expect(readable(open, all)).toEqual(ofOpen[via])
    expect(readable(sealed, all)).toEqual(nothing)
  })
}
