/** Beyond this the logarithm of a sum of terms is exact enough, and so many halvings find a bound to the last digit that is told. */
const halvings = 60

/** ln of P(X ≤ seen) for a Poisson mean. Terms fall away from the last, so that none overflows. */
function lnAtMost(seen: number, mean: number): number {
  let lnLast = -mean
  for (let i = 1; i <= seen; i++) lnLast += Math.log(mean / i)
  let sum = 1
  let term = 1
  for (let i = seen; i > 0 && term > 1e-18 * sum; i--) {
    term *= i / mean
    sum += term
  }
  return lnLast + Math.log(sum)
}

/**
 * The largest mean at which so few events would still be seen in one of twenty runs: the exact 95 % upper bound (Garwood 1936). For shares of
 * a whole it is never below that of Clopper and Pearson.
 */
export function upperBound95(seen: number): number {
  let [low, high] = [seen, seen + 10 + 6 * Math.sqrt(seen + 1)]
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2
    if (lnAtMost(seen, Math.max(middle, 1e-9)) > Math.log(0.05)) low = middle
    else high = middle
  }
  return high
}
