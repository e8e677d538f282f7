/**
 * Claim: of 10,000 providers and 1,000,000 events that a node has folded, the scores of all are current within 50 ms of 1,000 further events. The
 * events are spread over 60 days, so that each provider has its 56 days of counts; what was seen long ago wears off as it is read, so that every
 * one of the 10,000 scores is made anew.
 */
import { seeded } from '../src/kernel/rng.ts'
import { dayMs, type Timestamp, timestamp } from '../src/kernel/time.ts'
import { width } from '../src/reputation/days.ts'
import type { Observation } from '../src/reputation/observation.ts'
import { scoresFrom } from '../src/reputation/score.ts'
import { evolveStanding, type Standing } from '../src/reputation/standing.ts'
import type { Did } from '../src/wire/schema.ts'
import { figureRow, note, pairsAsked, repeated, tell } from './measure.ts'

const providers = 10_000
const events = 1_000_000
const further = 1_000
const days = 60
const atMostMs = 50

const rng = seeded(4)
const dids = Array.from({ length: providers }, (_, i) => `did:key:z6Mk${String(i).padStart(44, '1')}` as Did)
const runtimes = ['wasi-p1', 'component', 'function'] as const
const from = 20_000 * dayMs

function event(at: Timestamp): Observation {
  const about = dids[rng.below(providers)]!
  const tag = runtimes[rng.below(runtimes.length)]!
  const isCheck = rng.below(10) === 0
  const deeds = isCheck
    ? { verified: 1 + rng.below(3), disputed: rng.below(200) === 0 ? 1 : 0 }
    : { completed: rng.below(50), failed: rng.below(3) }
  return { about, at, tag, deeds, priceClass: rng.below(3) }
}
const standings = new Map<Did, Standing>()
const fold = (seen: Observation): void => {
  standings.set(seen.about, evolveStanding(standings.get(seen.about), seen))
}

const before = performance.now()
for (let i = 0; i < events; i++) fold(event(timestamp(from + Math.floor((i * days * dayMs) / events))))
const foldedMs = performance.now() - before
const kept = [...standings.values()].reduce((sum, { all }) => sum + all.days.length / width, 0)
note(`${events} events folded in ${Math.round(foldedMs)} ms; ${(kept / providers).toFixed(1)} days a provider`)

let now = timestamp(from + days * dayMs)
const readAll = (): number => {
  const score = scoresFrom(standings, now)
  return dids.reduce((sum, did) => sum + score(did).permille, 0)
}
const timed = async (work: () => unknown): Promise<number> => {
  const start = performance.now()
  work()
  return performance.now() - start
}
readAll()

const current = await repeated(pairsAsked(), async () => {
  now = timestamp(now + 60_000)
  const more = Array.from({ length: further }, () => event(now))
  return timed(() => {
    for (const one of more) fold(one)
    readAll()
  })
})
const read = await repeated(pairsAsked(), async () => {
  now = timestamp(now + 60_000)
  return timed(readAll)
})
note(`mean score ${Math.round(readAll() / providers)}`)
tell(
  figureRow('1,000 events of 1,000,000 folded, 10,000 scores made anew', current, { unit: 'ms', atMost: atMostMs }),
  figureRow('10,000 scores made anew', read, { unit: 'ms', atMost: atMostMs }),
)
