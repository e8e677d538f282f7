import { useEffect, useState } from 'react'
import type { SubmitRequest } from '../../sdk/api.ts'
import type { CheckEstimate } from '../../sdk/api-checking.ts'
import type { EstimateRequest, Funnel, OfferView } from '../../sdk/api-market.ts'
import { unlessSame } from '../app/unless-same.ts'
import { useNodeHandle } from '../app/use-mesh.ts'

/** Time and fuel are what a task is known to use; a start is paid once a provider. */
export type AveragePrices = { readonly perSecond: number; readonly perGigaFuel: number; readonly perStart: number }

export type Preview = {
  readonly funnel: Funnel
  /** Of the providers that would be asked. */
  readonly threads: number
  /** What they ask on average, by threads, micro-credits. */
  readonly prices: AveragePrices
  /** What checking its results costs and gives; undefined where what is asked cannot be. */
  readonly checks: CheckEstimate | undefined
  /** Somebody was seen, or would have been by now. */
  readonly isSettled: boolean
}

/** Offers come and go by the minute; a second is as often as a person looks. */
const lookAgainMs = 1_000
/** Finding the others and hearing their offers takes a second or two after the page was opened. */
const settleMs = 2_500

type Wanted = {
  readonly limits: NonNullable<SubmitRequest['limits']>
  readonly maxPrice: bigint
  readonly tasks: number
  /** How sure, who goes first, sealed or in a room. */
  readonly wished: Pick<EstimateRequest, 'policy' | 'sealed'>
  readonly isInteractive: boolean
  readonly runtime: string | undefined
}

/** Who would be asked for such a job, looked up again every second. */
export function usePreview({ limits, maxPrice, tasks, wished, isInteractive, runtime }: Wanted): Preview {
  const mesh = useNodeHandle()
  const [openedAt] = useState(() => performance.now())
  const { memoryMb, timeoutMs, outputBytes } = limits
  const look = (): Preview => {
    const known = { memoryMb, timeoutMs, outputBytes }
    const policy = { ...wished.policy, maxPrice }
    const wanted = {
      limits: withoutGaps(known),
      policy,
      sealed: wished.sealed === true,
      interactive: isInteractive,
      ...(runtime !== undefined && { runtime }),
    }
    const funnel = mesh.market.preview(wanted)
    const checks = mesh.market.estimate({ ...wanted, tasks: Math.max(1, tasks) })
    const isSettled = funnel.seen > 0 || performance.now() - openedAt > settleMs
    return { funnel, isSettled, checks: checks.ok ? checks.value : undefined, ...asked(mesh.market.offers(), funnel) }
  }
  const [preview, setPreview] = useState(look)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `look` is made of the values that are listed
  useEffect(() => {
    const lookAgain = (): void => setPreview((before) => unlessSame(before, look()))
    lookAgain()
    const timer = setInterval(lookAgain, lookAgainMs)
    return () => clearInterval(timer)
  }, [mesh, memoryMb, timeoutMs, outputBytes, maxPrice, tasks, isInteractive, runtime, JSON.stringify(wished)])
  return preview
}

/** What the offers that are left come to together. */
function asked(offers: readonly OfferView[], { reasons }: Funnel): Pick<Preview, 'threads' | 'prices'> {
  const out = new Set(reasons.filter(({ step }) => step !== 'answering').map(({ provider }) => provider))
  const left = offers.filter(({ provider }) => !out.has(provider))
  const threads = left.reduce((sum, { facts }) => sum + facts.hardware.threads, 0)
  const average = (name: keyof AveragePrices): number =>
    threads === 0
      ? 0
      : left.reduce((sum, { facts, pricing }) => sum + facts.hardware.threads * Number(pricing[name] ?? 0n), 0) /
        threads
  const prices = {
    perSecond: average('perSecond'),
    perGigaFuel: average('perGigaFuel'),
    perStart: average('perStart'),
  }
  return { threads, prices }
}

type Known = {
  readonly memoryMb: number | undefined
  readonly timeoutMs: number | undefined
  readonly outputBytes: number | undefined
}
const withoutGaps = (limits: Known): NonNullable<SubmitRequest['limits']> =>
  Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
