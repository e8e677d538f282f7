/**
 * Claim: whoever has learnt from jobs whose known tasks it was told finds those of other jobs in at most 55 of 100 cases, where half of what it is
 * asked about are known: by size, bytes, number, place in the frame, how many come together, gaps in time, what waits, and how many came before.
 * Six classifiers, each learnt from one half of the jobs and asked of the other, and the other way round; the figure is the best one's, the spread
 * the interval in which it lies with 95 %, and the bound is about its upper end. Real schedule, numbers, frames; time that does not pass.
 */
import { toldApart } from '../src/adapters/plane/classifiers.fixture.ts'
import { framesOfAJob, type Watched } from '../src/adapters/plane/known-frames.fixture.ts'
import { digits, note, pairsAsked, tell } from './measure.ts'

const mostPercent = 55
/** Of each kind; four for each pair, and more of those that are short. */
const jobs = 4 * pairsAsked()

function measure(claim: string, job: Omit<Watched, 'seed'>, count: number): void {
  const seen = Array.from({ length: count }, (_, n) => framesOfAJob({ ...job, seed: 1_000 + 10 * n }).flat())
  const told = toldApart(seen)
  for (const { name, right, asked } of told) note(`${claim}, ${name}: ${digits((100 * right) / asked)} % of ${asked}`)
  const best = told.reduce((one, other) => (other.right > one.right ? other : one))
  const { low, high } = interval95(best.right / best.asked, best.asked)
  tell({
    claim,
    figure: `${percent(best.right / best.asked)} %`,
    spread: `${percent(low)}–${percent(high)}`,
    bound: `≤ ${mostPercent} %`,
    holds: 100 * high <= mostPercent,
  })
}

/** Wilson's, of so many draws: it stays below 1. */
function interval95(part: number, count: number): { low: number; high: number } {
  const z = 1.96
  const middle = (part + z ** 2 / (2 * count)) / (1 + z ** 2 / count)
  const half = (z * Math.sqrt((part * (1 - part)) / count + z ** 2 / (4 * count ** 2))) / (1 + z ** 2 / count)
  return { low: middle - half, high: middle + half }
}
const percent = (part: number): string => (100 * part).toFixed(1)

measure('known tasks told from others, jobs of 30,000', { tasks: 30_000 }, jobs)
measure('known tasks told from others, jobs of 2,000', { tasks: 2_000 }, 8 * jobs)
measure('known tasks told from others, inputs that count up', { tasks: 30_000, isCounted: true }, 4)
