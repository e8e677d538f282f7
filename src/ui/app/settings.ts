import type { ProvideOptions } from '../../sdk/api.ts'
import { recall, remember } from './memory.ts'

/** What a person allows; kept on this device. */
export type Settings = {
  /** Of all cores, 0.05 to 1. */
  readonly cpuShare: number
  readonly readyMadeOnly: boolean
  /** MB (10⁶ bytes) a day; 0: no cap. */
  readonly dataCapMb: number
  /** Micro-credits for a second of one thread; 0: free. */
  readonly pricePerSecond: number
  /** Play a quiet tone while donating, so that the browser does not slow a hidden tab down. */
  readonly worksHidden: boolean
  readonly keepsScreenOn: boolean
}

export const usualSettings: Settings = {
  cpuShare: 0.5,
  readyMadeOnly: false,
  dataCapMb: 0,
  pricePerSecond: 0,
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
    pricePerSecond: within(kept['pricePerSecond'], 0, 1e12) ?? 0,
    worksHidden: kept['worksHidden'] === true,
    keepsScreenOn: kept['keepsScreenOn'] === true,
  }
}

export const rememberSettings = (settings: Settings): void => remember('device', 'settings', settings)

export const provideOptions = (settings: Settings): ProvideOptions => ({
  cpuShare: settings.cpuShare,
  readyMadeOnly: settings.readyMadeOnly,
  pricePerSecond: BigInt(Math.round(settings.pricePerSecond)),
  ...(settings.dataCapMb > 0 ? { dataCapBytes: settings.dataCapMb * 1e6 } : {}),
})

const within = (value: unknown, least: number, most: number): number | undefined =>
  typeof value === 'number' && value >= least && value <= most ? value : undefined
