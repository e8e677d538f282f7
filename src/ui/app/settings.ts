import { readOrigins } from '../../activity/outbound.ts'
import type { ProvideOptions } from '../../sdk/api.ts'
import { recall, remember } from './memory.ts'

/** What can have a price, in micro-credits for its unit; 0: free. */
export const priceNames = [
  'perSecond',
  'perGigaFuel',
  'perGibMemory',
  'perMibIn',
  'perMibOut',
  'perMegaHostUnits',
  'perStart',
] as const satisfies readonly (keyof NonNullable<ProvideOptions['pricing']>)[]
export type PriceName = (typeof priceNames)[number]
export type Prices = Readonly<Record<PriceName, number>>

/** All is given away. */
const noPrices = Object.fromEntries(priceNames.map((name) => [name, 0])) as Prices

/** As long as a job may name one. */
export const mostRegionLength = 32

/** What a person allows; kept on this device. */
export type Settings = {
  /** Of all cores, 0.05 to 1. */
  readonly cpuShare: number
  readonly readyMadeOnly: boolean
  /** MB (10⁶ bytes) a day; 0: no cap. */
  readonly dataCapMb: number
  readonly prices: Prices
  /** Where this machine is, as its person says; empty: not said. */
  readonly region: string
  /** What programs may fetch from. */
  readonly origins: readonly string[]
  /** Play a quiet tone while donating, so that the browser does not slow a hidden tab down. */
  readonly worksHidden: boolean
  readonly keepsScreenOn: boolean
}

export const usualSettings: Settings = {
  cpuShare: 0.5,
  readyMadeOnly: false,
  dataCapMb: 0,
  prices: noPrices,
  region: '',
  origins: [],
  worksHidden: false,
  keepsScreenOn: false,
}

export function recallSettings(): Settings {
  const found = recall('device', 'settings')
  if (typeof found !== 'object' || found === null) return usualSettings
  const kept = found as Record<string, unknown>
  return {
    cpuShare: within(kept['cpuShare'], 0.05, 1) ?? usualSettings.cpuShare,
    readyMadeOnly: kept['readyMadeOnly'] === true,
    dataCapMb: within(kept['dataCapMb'], 0, 1e6) ?? 0,
    prices: pricesIn(kept['prices']),
    region: typeof kept['region'] === 'string' ? kept['region'].slice(0, mostRegionLength) : '',
    origins: originsIn(kept['origins']),
    worksHidden: kept['worksHidden'] === true,
    keepsScreenOn: kept['keepsScreenOn'] === true,
  }
}

export const rememberSettings = (settings: Settings): void => remember('device', 'settings', settings)

export const provideOptions = (settings: Settings): ProvideOptions => ({
  cpuShare: settings.cpuShare,
  readyMadeOnly: settings.readyMadeOnly,
  pricing: Object.fromEntries(
    Object.entries(settings.prices).flatMap(([name, price]) => (price > 0 ? [[name, BigInt(price)]] : [])),
  ),
  ...(settings.region.trim() !== '' ? { region: settings.region.trim() } : {}),
  ...(settings.origins.length > 0 ? { outbound: settings.origins } : {}),
  ...(settings.dataCapMb > 0 ? { dataCapBytes: settings.dataCapMb * 1e6 } : {}),
})

const within = (value: unknown, least: number, most: number): number | undefined =>
  typeof value === 'number' && value >= least && value <= most ? value : undefined

function originsIn(kept: unknown): readonly string[] {
  const found = readOrigins(Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [])
  return found.ok ? found.value : []
}

function pricesIn(kept: unknown): Prices {
  const found = (typeof kept === 'object' && kept !== null ? kept : {}) as Record<string, unknown>
  const prices = priceNames.map((name) => [name, Math.round(within(found[name], 0, 1e12) ?? 0)])
  return Object.fromEntries(prices) as Prices
}
