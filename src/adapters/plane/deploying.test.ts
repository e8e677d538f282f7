import { describe, expect, it } from 'vitest'
import { plainModule, signedModules } from '../../activity/signed-modules.examples.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import { timestamp } from '../../kernel/time.ts'
import { initialState } from '../../node/state.ts'
import { exampleCid, provider, requestor } from '../../receipts/receipt.examples.ts'
import { verify } from '../identity/keyring.ts'
import { sealContent } from '../identity/sealing.ts'
import { deploymentFor } from './deploying.ts'
import { handRuntime } from './plane.fixture.ts'
import type { HowFetched } from './provider-ports.ts'
import { newSession } from './session.ts'

const limits = { memoryPages: 1, timeoutMs: 1, outputBytes: 1 }

/** A provider that is told how its module comes as the test says, and what its runtime hears of it. */
async function deploying(
  fetchFrom: (how: HowFetched) => Promise<Result<Uint8Array>>,
  { contentKey = undefined as Uint8Array | undefined, isEnding = false } = {},
) {
  const heard: string[] = []
  const runtime = handRuntime()
  const node = initialState(provider)
  const activity = { id: exampleCid('a'), requestor, job: exampleCid('j'), module: exampleCid('m'), hasCommits: false }
  const session = newSession(activity as never, {
    stream: undefined,
    secret: new Uint8Array(16),
    contentKey,
    startedAt: timestamp(1),
    runtime: 'function',
  })
  session.isEnding = isEnding
  const outcome = await deploymentFor(
    {
      node,
      runtime: {
        ...runtime,
        arriving: ({ cid, runtime: kind }) => {
          heard.push(`${cid === exampleCid('m')} ${kind}`)
          return { grown: (_, prefixBytes) => heard.push(`${prefixBytes}`), end: () => heard.push('end') }
        },
        deploy: async (program, how) => {
          heard.push('deploy')
          return runtime.deploy(program, how)
        },
      },
      verify,
      rooms: { enter: () => ({}) as never },
      fetchFrom: (_, __, how) => fetchFrom(how),
      moved: () => {},
    },
    session,
    { ...activity, limits, content: [], outbound: [], hasChannels: false } as never,
  )
  return { heard, outcome }
}
const inTwo =
  (bytes: Uint8Array) =>
  async ({ onPrefix }: HowFetched): Promise<Result<Uint8Array>> => {
    onPrefix?.(bytes, 10)
    onPrefix?.(bytes, bytes.length)
    return ok(bytes)
  }

describe('a module that comes to a provider', () => {
  it('[AR3] is told of to the runtime as it comes, and deployed once it is there and may run here', async () => {
    const { heard, outcome } = await deploying(inTwo(plainModule))
    expect(heard).toEqual(['true function', '10', `${plainModule.length}`, 'deploy', 'end'])
    expect(outcome).toMatchObject({ deployment: { cid: exampleCid('m') } })
  })

  it('[AR3] is given up where its fetch fails or it may not run here', async () => {
    const failed = await deploying(async ({ onPrefix }) => {
      onPrefix?.(plainModule, 10)
      return refuse('content-missing')
    })
    expect(failed.heard).toEqual(['true function', '10', 'end'])
    expect(failed.outcome).toMatchObject({ code: 'content-missing' })
    const barred = await deploying(inTwo(signedModules.grown))
    expect(barred.heard.slice(-1)).toEqual(['end'])
    expect([barred.heard.includes('deploy'), barred.outcome]).toMatchObject([false, { code: 'signature-false' }])
  })

  it('[AR3] is read no further where its activity has ended', async () => {
    const { heard } = await deploying(inTwo(plainModule), { isEnding: true })
    expect(heard.slice(0, 3)).toEqual(['true function', 'end', 'end'])
  })

  it('[AR3] is not read while it comes where it is sealed: what comes is no module yet', async () => {
    const key = crypto.getRandomValues(new Uint8Array(32))
    const sealed = await sealContent(key, plainModule)
    const { heard, outcome } = await deploying(inTwo(sealed), { contentKey: key })
    expect(heard).toEqual(['true function', 'deploy', 'end'])
    expect(outcome).toMatchObject({ deployment: {} })
  })
})
