import { hostError, hostLimits, logLevels } from '../../activity/host-abi.ts'
import { Growing } from './guest-output.ts'

/** What a program says beside its output: a log, counters, data for the receipt. */
export type Remarks = {
  readonly log: Growing
  readonly counters: Map<string, bigint>
  readonly anchors: Uint8Array<ArrayBuffer>[]
}

export const newRemarks = (): Remarks => ({ log: new Growing(), counters: new Map(), anchors: [] })

const lineBreak = 0x0a
const levelNames = logLevels.map((name) => new TextEncoder().encode(`${name} `))

/** One line `level text`; line breaks within the text become spaces. */
export function addLine({ log }: Remarks, level: number, text: Uint8Array): number {
  const name = levelNames[level]
  if (!name) return hostError.invalid
  const sizeBytes = name.length + text.length + 1
  if (text.length > hostLimits.logLineBytes || log.length + sizeBytes > hostLimits.logBytes) return hostError.overLimit
  log.append(name)
  log.append(text.map((byte) => (byte === lineBreak ? 0x20 : byte)))
  log.append(Uint8Array.of(lineBreak))
  return 0
}

export const counterName = /^[a-z][a-z0-9._-]*$/i
/** As much as a receipt can say. */
const mostCount = 2n ** 63n - 1n

export function addCount({ counters }: Remarks, name: string, amount: bigint): number {
  if (name.length > hostLimits.counterNameLength || !counterName.test(name)) return hostError.invalid
  const before = counters.get(name)
  const after = (before ?? 0n) + amount
  if (after > mostCount || (before === undefined && counters.size >= hostLimits.counters)) return hostError.overLimit
  counters.set(name, after)
  return 0
}

/** @returns how many there are now */
export function addAnchor({ anchors }: Remarks, bytes: Uint8Array): number {
  if (bytes.length > hostLimits.anchorBytes || anchors.length >= hostLimits.anchors) return hostError.overLimit
  return anchors.push(bytes.slice())
}
