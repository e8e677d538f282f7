import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fetchingModule } from '../activity/outside.examples.ts'
import type { Job, Mesh, ProvideOptions, SubmitRequest, TaskResult } from './api.ts'
import { createWorld, place, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
let requestor: Mesh
let server: Server
let origin: string
let served: string[]
beforeEach(async () => {
  served = []
  server = createServer(({ url = '' }, response) => {
    served.push(url)
    response.writeHead(url === '/elsewhere' ? 302 : 200, { location: 'https://elsewhere.example/' }).end('the words')
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  origin = `http://localhost:${(server.address() as AddressInfo).port}`
  world = createWorld()
  requestor = await world.open()
})
afterEach(async () => {
  await world.close()
  server.close()
})

async function provided(options: ProvideOptions, at = place()): Promise<Mesh> {
  const provider = await world.open(at)
  await provider.provide({ cpuShare: 1, ...options })
  await requestor.dial(provider.did)
  return provider
}

const submitted = (path: string, part: Partial<SubmitRequest> = {}): Job =>
  requestor.submit({ module: fetchingModule, tasks: [{ stdin: `GET ${origin}${path}` }], outbound: [origin], ...part })

async function first(results: AsyncIterable<TaskResult>): Promise<TaskResult> {
  for await (const result of results) return result
  throw new Error('the job ended without a result')
}
const textOf = ({ stdout }: TaskResult): string => new TextDecoder().decode(stdout)

describe('a program that fetches', () => {
  it('[FE2] is brought what its job and its provider list, and pays for it in host units', async () => {
    const provider = await provided({ outbound: [`${origin}/`] })
    const job = submitted('/words')
    const result = await first(job.results())
    expect([textOf(result), result.provider]).toEqual(['the words', provider.did])
    expect(result.hostUnits).toBeGreaterThan(50_000n)
    expect(served).toEqual(['/words'])
  })

  it('[FE2] is brought nothing from where a redirect leads, or where its job has not listed', async () => {
    await provided({ outbound: [origin, 'https://other.example'] })
    expect(await first(submitted('/elsewhere').results())).toMatchObject({ exitCode: 6 })
    const task = { stdin: 'GET https://other.example/' }
    expect(await first(submitted('', { tasks: [task] }).results())).toMatchObject({ exitCode: 5 })
    expect(await first(submitted('/words', { outbound: [] }).results())).toMatchObject({ exitCode: 5 })
    expect(served).toEqual(['/elsewhere'])
  })

  it('[FE4] asks only who lists all that it names', async () => {
    const nobody = await provided({})
    const other = await provided({ outbound: ['https://other.example'] })
    const cannotWait = await provided({ outbound: [origin] }, { ...place(), cannotWait: true })
    const provider = await provided({ outbound: [origin, 'https://other.example'] })
    const job = submitted('/words', { outbound: [origin, 'https://other.example'] })
    expect(await first(job.results())).toMatchObject({ provider: provider.did, status: 'ok' })
    const offers = requestor.market.offers()
    const offered = [nobody, other, cannotWait].map(
      ({ did }) => offers.find((offer) => offer.provider === did)?.facts.outbound,
    )
    expect(offered).toEqual([undefined, ['https://other.example'], undefined])
    const reasons = requestor.market.funnel(job.id)?.reasons ?? []
    expect(reasons.filter(({ step }) => step === 'matching').map(({ provider }) => provider)).toEqual(
      expect.arrayContaining([nobody.did, other.did, cannotWait.did]),
    )
  })

  it('[FE4] goes to others where its provider has taken an origin off its list since it agreed', async () => {
    const at = place()
    const before = await provided({ outbound: [origin] }, at)
    const more = Promise.withResolvers<void>()
    const task = { stdin: `GET ${origin}/words` }
    const tasks = (async function* () {
      yield task
      await more.promise
      yield task
    })()
    const job = submitted('', { tasks })
    const results = job.results()[Symbol.asyncIterator]()
    expect(await results.next()).toMatchObject({ value: { provider: before.did, status: 'ok' } })
    await world.crash(before)
    const after = await provided({}, at)
    more.resolve()
    const reasons = () => job.view()?.agreements.map(({ reason }) => reason?.code)
    await until(requestor, () => reasons()?.includes('origin-not-offered') === true)
    const other = await provided({ outbound: [origin] })
    expect(await results.next()).toMatchObject({ value: { provider: other.did, status: 'ok' } })
    expect(after.did).toBe(before.did)
    expect(served).toEqual(['/words', '/words'])
  })

  it('[FE4] finds its provider by announcement too', async () => {
    await provided({})
    const provider = await provided({ outbound: [origin] })
    const job = submitted('/words', { policy: { door: 'announcement' } })
    expect(await first(job.results())).toMatchObject({ provider: provider.did, status: 'ok' })
  })

  it('[FE2] fetches from the own tab what its job lists', async () => {
    const job = submitted('/words', { here: 'only' })
    expect(textOf(await first(job.results()))).toBe('the words')
  })

  it('[FE4] is compared with no second run', async () => {
    await provided({ outbound: [origin] })
    const job = submitted('/words')
    const { receipt } = await first(job.results())
    const verified = await requestor.receipts.verify(receipt!, { execute: true })
    if (!verified.ok) throw new Error(verified.code)
    expect(verified.value.tasks).toMatchObject([{ isSame: undefined, why: 'fetched' }])
    expect(served).toEqual(['/words'])
  })

  it('[FE4] is refused where it is to be deterministic, or is no command, or names what is no origin', async () => {
    const reasonOf = async (part: Partial<SubmitRequest>) => (await submitted('/words', part).done).reason
    expect(await reasonOf({ deterministic: true })).toBe('cannot-be-deterministic')
    expect(await reasonOf({ runtime: 'function' })).toBe('not-available')
    expect(await reasonOf({ outbound: ['http://example.org'] })).toBe('origin-not-allowed')
    expect(await reasonOf({ outbound: Array.from({ length: 9 }, (_, at) => `https://a${at}.example`) })).toBe(
      'too-many-origins',
    )
  })
})

describe('a provider', () => {
  it('[FE1] offers nothing where what it lists is no origin, and says so', async () => {
    const provider = await world.open()
    await provider.provide({ outbound: ['https://example.org/path'] })
    expect(provider.provider().isOn).toBe(false)
    expect(provider.faults()).toMatchObject([{ code: 'origin-not-allowed' }])
  })
})
