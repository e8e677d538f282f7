import { seeded } from '../../kernel/rng.ts'
import type { Seen } from './known-frames.fixture.ts'

/** Learnt from tasks whose kind is told; says of others whether they are known. */
type Guess = (seen: Seen) => boolean
type Classifier = { readonly name: string; learn(from: readonly Seen[]): Guess }
export type Told = { readonly name: string; readonly right: number; readonly asked: number }

/** How many each classifier tells right of as many known tasks as others: learnt from one half of the jobs, asked of the other, and the other way round. */
export function toldApart(jobs: readonly (readonly Seen[])[]): readonly Told[] {
  const halves = [0, 1].map((odd) => balanced(jobs.filter((_, n) => n % 2 === odd).flat(), odd))
  const [one, other] = halves as [Seen[], Seen[]]
  return classifiers.map(({ name, learn }) => {
    const right = rightOf(learn(one), other) + rightOf(learn(other), one)
    return { name, right, asked: one.length + other.length }
  })
}

/** As many of the one kind as of the other, each once. */
function balanced(all: readonly Seen[], seed: number): Seen[] {
  const rng = seeded(seed)
  const known = all.filter(({ isKnown }) => isKnown)
  const others = all.filter(({ isKnown }) => !isKnown)
  for (let at = 0; at < known.length; at++) {
    const from = at + rng.below(others.length - at)
    ;[others[at], others[from]] = [others[from]!, others[at]!]
  }
  return [...known, ...others.slice(0, known.length)]
}

const rightOf = (guess: Guess, asked: readonly Seen[]): number =>
  asked.filter((one) => guess(one) === one.isKnown).length

/** Each feature by how it spreads. */
function scaledBy(train: readonly Seen[]): (seen: Seen) => number[] {
  const spreads = train[0]!.features.map((_, f) => {
    const mean = train.reduce((sum, { features }) => sum + features[f]!, 0) / train.length
    const variance = train.reduce((sum, { features }) => sum + (features[f]! - mean) ** 2, 0) / train.length
    return { mean, deviation: Math.sqrt(variance) || 1 }
  })
  return ({ features }) => features.map((value, f) => (value - spreads[f]!.mean) / spreads[f]!.deviation)
}

/** The kind of most of its nearest. */
const nearest = (k: number): Classifier => ({
  name: `the ${k} nearest`,
  learn(train) {
    const scaled = scaledBy(train)
    const points = train.map((one) => ({ at: scaled(one), isKnown: one.isKnown }))
    return (seen) => {
      const here = scaled(seen)
      const close: { distance: number; isKnown: boolean }[] = []
      for (const { at, isKnown } of points) {
        let distance = 0
        for (let f = 0; f < at.length; f++) distance += (at[f]! - here[f]!) ** 2
        if (close.length === k && distance >= close[k - 1]!.distance) continue
        const before = close.findIndex((one) => one.distance > distance)
        close.splice(before < 0 ? close.length : before, 0, { distance, isKnown })
        if (close.length > k) close.pop()
      }
      return close.filter(({ isKnown }) => isKnown).length * 2 > k
    }
  },
})

/** The one feature and limit that tells most of them apart. */
const threshold: Classifier = {
  name: 'one limit',
  learn(train) {
    let best = { right: 0, feature: 0, limit: 0, isAbove: true }
    for (const [feature] of train[0]!.features.entries()) {
      const sorted = [...train].sort((one, other) => one.features[feature]! - other.features[feature]!)
      let below = 0
      for (const [at, one] of sorted.entries()) {
        below += one.isKnown ? -1 : 1
        const limit = one.features[feature]!
        if (sorted[at + 1]?.features[feature] === limit) continue
        const right = train.length / 2 + Math.abs(below)
        if (right > best.right) best = { right, feature, limit, isAbove: below > 0 }
      }
    }
    return ({ features }) => features[best.feature]! > best.limit === best.isAbove
  },
}

const bins = 12
/** How often each feature is where it is, in each of the two kinds, as if they did not depend on each other. */
const counted: Classifier = {
  name: 'what is frequent',
  learn(train) {
    const tables = train[0]!.features.map((_, f) => {
      const sorted = train.map(({ features }) => features[f]!).sort((one, other) => one - other)
      const edges = Array.from({ length: bins - 1 }, (_, n) => sorted[Math.floor(((n + 1) * sorted.length) / bins)]!)
      const counts = [new Array<number>(bins).fill(1), new Array<number>(bins).fill(1)] as const
      for (const { features, isKnown } of train) counts[Number(isKnown) as 0 | 1][binOf(edges, features[f]!)]! += 1
      return { edges, logs: counts[0].map((count, bin) => Math.log(counts[1][bin]! / count)) }
    })
    return ({ features }) => tables.reduce((sum, { edges, logs }, f) => sum + logs[binOf(edges, features[f]!)]!, 0) > 0
  },
}
function binOf(edges: readonly number[], value: number): number {
  const at = edges.findIndex((edge) => value < edge)
  return at < 0 ? edges.length : at
}

/** A plane through all features, their squares and products (logistic regression). */
const plane: Classifier = {
  name: 'a curved plane',
  learn(train) {
    const scaled = scaledBy(train)
    const termsOf = (seen: Seen): number[] => {
      const some = scaled(seen).map((value) => Math.max(-4, Math.min(4, value)))
      return [1, ...some, ...some.flatMap((one, f) => some.slice(f).map((other) => one * other))]
    }
    const points = train.map((one) => ({ terms: termsOf(one), isKnown: Number(one.isKnown) }))
    const weights = new Array<number>(points[0]!.terms.length).fill(0)
    for (let round = 0; round < 120; round++) {
      const slopes = weights.map((weight) => weight * 0.01)
      for (const { terms, isKnown } of points) {
        const off = 1 / (1 + Math.exp(-dot(weights, terms))) - isKnown
        for (let t = 0; t < terms.length; t++) slopes[t]! += (off * terms[t]!) / points.length
      }
      for (let t = 0; t < weights.length; t++) weights[t]! -= 0.1 * slopes[t]!
    }
    return (seen) => dot(weights, termsOf(seen)) > 0
  },
}
function dot(one: readonly number[], other: readonly number[]): number {
  let sum = 0
  for (let t = 0; t < one.length; t++) sum += one[t]! * other[t]!
  return sum
}

const classifiers: readonly Classifier[] = [nearest(1), nearest(9), nearest(49), threshold, counted, plane]
