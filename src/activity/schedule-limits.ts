import type { Did } from '../wire/schema.ts'
import type { FuelLimits } from './fuel-budget.ts'

/** What a schedule goes by. */
export type ScheduleLimits = {
  /** Wall time that one task may take on a provider, ms. */
  readonly timeoutMs: number
  /** Bytes and words take this long beside the work, ms. */
  readonly slackMs: number
  /** SC10: somebody types into its tasks. */
  readonly isInteractive?: boolean
  /** Of a job with a budget. */
  readonly fuel?: FuelLimits | undefined
  /** KN4: of a job some of whose tasks only try whether they are done: what their order is drawn by. */
  readonly chance?: { below(n: number): number } | undefined
  /** SC14: whether somebody who is not at work here may yet be; unless said, nobody knows. */
  readonly mayOthersJoin?: (() => boolean) | undefined
}

/** What came with an answer. */
export type Told = {
  readonly fuel?: bigint
  /** All of it that can be compared, in one text; none where it says something of the moment alone. */
  readonly digest?: string | undefined
  /** Who says so, where it is not at work now. */
  readonly provider?: Did | undefined
}
