import type { TaskResult } from '../../sdk/api.ts'

export type Remark = { readonly index: number; readonly level: string; readonly text: string }

/** What programs told their host of themselves, over all results. Grows in place. */
export type Remarks = {
  readonly log: Remark[]
  /** Sums of their own counters, by name. */
  readonly counters: Map<string, bigint>
}

/** Forty pages; all of it is in the download. */
const mostLines = 2_000
/** A program has eight; of programs that differ from task to task a screen is enough. */
const mostCounters = 32

export const noRemarks = (): Remarks => ({ log: [], counters: new Map() })

export function noteRemarks(remarks: Remarks, { index, log = [], custom = {} }: TaskResult): void {
  const { counters } = remarks
  for (const line of log.slice(0, mostLines - remarks.log.length)) remarks.log.push({ index, ...line })
  for (const [name, value] of Object.entries(custom))
    if (counters.has(name) || counters.size < mostCounters) counters.set(name, (counters.get(name) ?? 0n) + value)
}
