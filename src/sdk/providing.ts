import { bytesToHex } from '@noble/hashes/utils.js'
import { templateOf } from '../activity/custom-runtime.ts'
import { readOrigins } from '../activity/outbound.ts'
import { workersFor } from '../activity/rest.ts'
import type { ProviderPlane } from '../adapters/plane/provider.ts'
import type { SelfTested } from '../adapters/workers/self-test.ts'
import type { Timestamp } from '../kernel/time.ts'
import { pricingOf } from '../market/offer-price.ts'
import { balances } from '../node/money.ts'
import { owedOf } from '../payment/account.ts'
import { usualCredit } from '../payment/credit.ts'
import { workView } from './agreement-view.ts'
import type { ProvideOptions, Provider, ProviderView, TileView } from './api.ts'
import type { DataUse } from './data-cap.ts'
import type { Parts } from './mesh.ts'
import { offerFacts } from './offer-facts.ts'

/** Tiles on the wall: ten minutes of one-second tasks. */
const mostTiles = 600
const usualShare = 0.5
/** A quarter of what the browser admits to, and never more than a desktop would notice. */
const usualMemoryMb = 1_024

/** Four times a second is as often as figures are read. */
const tellEveryMs = 250
const restingMs = 1_000

/** Groups spelled out as flat options. */
function flat({ limits, ...said }: ProvideOptions): ProvideOptions {
  const memoryMb = said.memoryMb ?? limits?.memoryMb
  const dataCapBytes = said.dataCapBytes ?? limits?.dataBytes
  return {
    ...said,
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(dataCapBytes === undefined ? {} : { dataCapBytes }),
  }
}

export function createProviding(parts: Parts, plane: ProviderPlane, dataUse: DataUse) {
  const { node, shell, runtime, machine } = parts
  const tiles: TileView[] = []
  let options: ProvideOptions = {}
  let since: Timestamp | undefined
  let threads = 0
  let tasksDone = 0
  let givenMs = 0

  plane.onTask((done) => {
    const { job, requestor, status, durationUs } = done
    tasksDone += 1
    givenMs += durationUs / 1_000
    tiles.push({ job, requestor, status, durationUs, at: parts.at() })
    if (tiles.length > mostTiles) tiles.shift()
    tellIn(tellEveryMs)
  })

  let telling: ReturnType<typeof setTimeout> | undefined
  function tell(): void {
    telling = undefined
    obeyCap()
    parts.changed(['tiles'])
    // What is measured over time changes by itself while something is lent.
    if (node.plan) tellIn(restingMs)
  }
  function tellIn(delayMs: number): void {
    if (telling === undefined) telling = setTimeout(tell, delayMs)
  }

  let counted = 0
  function obeyCap(): void {
    const moved = plane.movedBytes()
    dataUse.add(moved - counted)
    counted = moved
    const cap = options.dataCapBytes
    if (cap === undefined || dataUse.usedBytes() < cap || !node.plan) return
    parts.report({
      code: 'data-cap-reached',
      phase: 'provide',
      message: `${dataUse.usedBytes()} of ${cap} bytes were used today`,
    })
    void stop('The data cap of today is reached.')
  }

  async function stop(reason: string): Promise<void> {
    if (!node.plan) return
    since = undefined
    runtime.setShare(0)
    await shell.command({ type: 'stopSelling', reason })
    parts.changed(['selling'])
  }

  let testing: Promise<SelfTested> | undefined
  /** Tested once a life of the page: what failed is told each time that somebody wants to sell. */
  async function whatPassed() {
    testing ??= import('../adapters/workers/self-test.ts').then(({ selfTest }) => selfTest(runtime, parts.runtimes))
    const { runtimes, failures } = await testing
    for (const { runtime: name, message } of failures)
      parts.report({ code: 'self-test-failed', phase: 'provide', message: `${name}: ${message}` })
    const passed = parts.runtimes.filter(({ name }) => runtimes.includes(name))
    return { runtimes, template: templateOf(passed) }
  }

  return {
    async provide(said: ProvideOptions = {}): Promise<Provider> {
      const wanted = flat(said)
      const pricing = pricingOf(wanted.pricing ?? {})
      if (!pricing.ok) {
        const { price, value } = pricing.facts
        parts.report({ code: pricing.code, phase: 'provide', message: `${price}: ${value}` })
        return { stop: async () => {} }
      }
      const outbound = readOrigins(wanted.outbound ?? [])
      if (!outbound.ok) {
        parts.report({ code: outbound.code, phase: 'provide', message: Object.values(outbound.facts).join(' of ') })
        return { stop: async () => {} }
      }
      options = wanted
      if (wanted.dataCapBytes !== undefined && dataUse.usedBytes() >= wanted.dataCapBytes) {
        parts.report({ code: 'data-cap-reached', phase: 'provide', message: 'Raise the cap, or wait for tomorrow.' })
        return { stop: async () => {} }
      }
      const share = Math.min(1, Math.max(0.05, wanted.cpuShare ?? usualShare))
      threads = workersFor(share, machine.cores)
      runtime.resize(threads)
      runtime.setShare(share)
      since ??= parts.at()
      const offered = await whatPassed()
      if (offered.runtimes.length === 0) {
        await stop('No runtime passed its self-test.')
        return { stop: async () => {} }
      }
      const sealingKey = (await parts.sealingKey())?.publicKey
      const memoryMb = Math.min(wanted.memoryMb ?? usualMemoryMb, machine.memoryMb)
      await shell.command({
        type: 'sell',
        plan: {
          facts: offerFacts(parts.signer.did, machine, wanted, {
            subnet: parts.subnet,
            pricing: pricing.value,
            outbound: outbound.value,
            sealingKey: sealingKey && bytesToHex(sealingKey),
            ...offered,
          }),
          threads,
          memoryMb,
          onlyModules: wanted.readyMadeOnly ? await parts.readyMade() : undefined,
          blocked: wanted.blocked ?? [],
          strangersLimit: usualCredit.strangersTogether,
        },
      })
      plane.goOn()
      parts.changed(['selling'])
      tellIn(restingMs)
      return { stop: () => stop('The provider stopped.') }
    },
    stop,
    view(): ProviderView {
      const { share, busyShare } = runtime.usage()
      return {
        isOn: node.plan !== undefined,
        options,
        threads,
        targetShare: share,
        actualShare: busyShare,
        working: plane.work().flatMap((work) => workView(node, work)),
        recent: [...tiles],
        tasksDone,
        givenMs,
        since,
        usedDataBytes: dataUse.usedBytes(),
        owed: [...node.accounts.values()].reduce(
          (sum, one) => (one.provider === node.me ? sum + owedOf(one) : sum),
          0n,
        ) as ProviderView['owed'],
        settled: balances(node).owedToUs,
      }
    },
  }
}
