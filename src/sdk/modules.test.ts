import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { plainModule, signedModules } from '../activity/signed-modules.examples.ts'
import type { Job, Mesh, SubmitRequest } from './api.ts'
import { createWorld, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
let requestor: Mesh
let provider: Mesh
let words: Uint8Array
beforeEach(async () => {
  world = createWorld()
  requestor = await world.open()
  provider = await world.open()
  await provider.provide({ cpuShare: 1 })
  await requestor.dial(provider.did)
  await until(requestor, () => requestor.market.offers().length > 0)
  words = await readyMadeModule('words')
})
afterEach(() => world.close())

const submit = (module: Uint8Array, part: Partial<SubmitRequest> = {}): Job =>
  requestor.submit({ module, tasks: [{ stdin: 'one two' }], ...part })
async function signed(by: Mesh, module = words): Promise<Uint8Array> {
  const made = await by.modules.sign(module)
  if (!made.ok) throw new Error(made.code)
  return made.value
}
const answers = (job: Job) => requestor.market.funnel(job.id)?.reasons.map(({ code }) => code) ?? []

describe('a signed module', () => {
  it('[MG4] names whoever signed it, runs as it did, and shows its provider whose it is', async () => {
    const module = await signed(provider, await signed(requestor))
    const signers = [requestor.did, provider.did]
    expect(await provider.modules.signers(module)).toEqual({ ok: true, value: { signers, unknown: 0 } })
    const worksFor = () => provider.provider().working[0]?.signers ?? []
    /** The list stays open until its provider is seen at work. */
    async function* tasks() {
      yield { stdin: 'one two' }
      await until(provider, () => worksFor().length > 0)
      expect(worksFor()).toEqual(signers)
    }
    const job = submit(module, { tasks: tasks() })
    expect(await job.done).toMatchObject({ status: 'Completed', completed: 1 })
    expect(job.view()?.spec.signers).toEqual(signers)
  })

  it('[MG3] is not submitted with a signature that is not true', async () => {
    const job = submit(signedModules.grown, { runtime: 'function' })
    expect(await job.done).toMatchObject({ status: 'Failed', reason: 'signature-false' })
    expect(await requestor.modules.sign(signedModules.grown)).toMatchObject({ code: 'signature-false' })
  })

  it('[MG1] is WebAssembly', async () => {
    expect(await requestor.modules.sign(new Uint8Array(8))).toMatchObject({ code: 'not-wasm' })
    expect(await requestor.modules.signers(plainModule)).toMatchObject({ value: { signers: [], unknown: 0 } })
  })
})

describe('a provider', () => {
  it('[PV8] runs nothing that somebody signed whom it has blocked, and says so before anything is sent', async () => {
    await provider.reputation.block({ signer: requestor.did })
    expect(provider.reputation.lists()).toMatchObject([
      { kind: 'signer', name: requestor.did, role: 'requestor', rule: 'block' },
    ])
    const job = submit(await signed(requestor))
    await until(requestor, () => answers(job).includes('signer-blocked'))
    expect(job.view()?.agreements).toEqual([])
    await job.cancel()
    await provider.reputation.unlist({ signer: requestor.did })
    expect(await submit(await signed(requestor)).done).toMatchObject({ status: 'Completed' })
  })

  it('[PV8] runs only what certain others signed', async () => {
    await provider.reputation.allow({ signer: requestor.did }, { only: true })
    const unsigned = submit(words)
    await until(requestor, () => answers(unsigned).includes('signer-not-listed'))
    await unsigned.cancel()
    expect(await submit(await signed(requestor)).done).toMatchObject({ status: 'Completed' })
  })

  it('[PV8] sees of a sealed program who signed it once it is here, and runs it or ends the agreement', async () => {
    await provider.reputation.block({ signer: requestor.did })
    const sealed = submit(await signed(requestor), { sealed: true })
    const reasons = () => sealed.view()?.agreements.map(({ reason }) => reason?.code) ?? []
    await until(requestor, () => reasons().includes('signer-blocked'))
    expect(sealed.progress.done).toBe(0)
    await sealed.cancel()
    const other = submit(words, { sealed: true })
    expect(await other.done).toMatchObject({ status: 'Completed' })
  })
})
