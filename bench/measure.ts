/** Figures of several repetitions, and what is said of them. */
export type Spread = { readonly median: number; readonly low: number; readonly high: number }

/** One line of the table. A bound of several figures is several rows. */
export type Row = {
  readonly claim: string
  readonly figure: string
  /** Lower and upper quartile of the repetitions. */
  readonly spread: string
  /** Against what was measured beside it in the same run, where the claim is a ratio. */
  readonly ratio?: string
  readonly bound: string
  readonly holds: boolean
}

/** Pairs a claim is judged by; fewer only while a benchmark is being written. */
export const usualPairs = 7

/** Repetitions asked for on the command line, `--pairs 3`. */
export function pairsAsked(args: readonly string[] = process.argv): number {
  const at = args.indexOf('--pairs')
  const asked = at < 0 ? usualPairs : Number(args[at + 1])
  if (!Number.isInteger(asked) || asked < 1) throw new Error('--pairs takes a whole number from 1')
  return asked
}

/** Value below which a share of all lies, 0 to 1, by the nearest rank. @throws RangeError without values */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const found = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]
  if (found === undefined) throw new RangeError('no values')
  return found
}

export const spreadOf = (values: readonly number[]): Spread => ({
  median: quantile(values, 0.5),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
})

export type Pairs = {
  readonly ours: readonly number[]
  readonly bare: readonly number[]
  readonly ratios: readonly number[]
}

/** Measures two things in turn, A B A B, so that whatever else the machine does meets both. A ratio is ours by bare. */
export async function interleaved(
  count: number,
  ours: () => Promise<number>,
  bare: () => Promise<number>,
): Promise<Pairs> {
  const pairs: { ours: number; bare: number }[] = []
  for (let i = 0; i < count; i++) pairs.push({ ours: await ours(), bare: await bare() })
  return {
    ours: pairs.map((pair) => pair.ours),
    bare: pairs.map((pair) => pair.bare),
    ratios: pairs.map((pair) => pair.ours / pair.bare),
  }
}

/** Repeats one measurement. */
export async function repeated<T>(count: number, measure: () => Promise<T>): Promise<T[]> {
  const values: T[] = []
  for (let i = 0; i < count; i++) values.push(await measure())
  return values
}

/** Three significant digits, with the unit. */
export const shown = (value: number, unit: string): string => `${digits(value)} ${unit}`.trim()
export const digits = (value: number): string =>
  Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
export const range = ({ low, high }: Spread): string => `${digits(low)}–${digits(high)}`

/** A row for a figure with a bound of its own. */
export function figureRow(
  claim: string,
  values: readonly number[],
  { unit, atMost, atLeast }: { unit: string; atMost?: number; atLeast?: number },
): Row {
  const spread = spreadOf(values)
  const bound = atMost === undefined ? `≥ ${shown(atLeast ?? 0, unit)}` : `≤ ${shown(atMost, unit)}`
  const holds = atMost === undefined ? spread.median >= (atLeast ?? 0) : spread.median <= atMost
  return { claim, figure: shown(spread.median, unit), spread: range(spread), bound, holds }
}

/** A row for a ratio: its median over the pairs is what the bound is about. */
export function ratioRow(
  claim: string,
  { ours, bare, ratios }: Pairs,
  { unit, atMost, atLeast }: { unit: string; atMost?: number; atLeast?: number },
): Row {
  const spread = spreadOf(ratios)
  const figure = `${shown(quantile(ours, 0.5), unit)} : ${shown(quantile(bare, 0.5), unit)}`
  const bound = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`
  const holds = atMost === undefined ? spread.median >= (atLeast ?? 0) : spread.median <= atMost
  return { claim, figure, spread: range(spread), ratio: digits(spread.median), bound, holds }
}

/** Rows leave a benchmark as lines of JSON: whoever runs several makes one table of them. */
export function tell(...rows: readonly Row[]): void {
  for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`)
}

/** What a benchmark says while it works, to people. */
export const note = (text: string): void => void process.stderr.write(`  ${text}\n`)
