import { compareStrings } from '../kernel/bytes.ts'

/** A semantic version without its build part, which has no precedence. Source: semver.org 2.0.0. */
export type Version = { readonly core: readonly [number, number, number]; readonly pre: readonly (number | string)[] }

/** Characters of a version: the longest seen in practice carry a commit hash and stay under half of it. */
export const maxVersionLength = 128

/** Fifteen digits are the most that stay exact in a number. */
const numeric = /^(?:0|[1-9]\d{0,14})$/
const identifier = /^[0-9A-Za-z-]+$/
const onlyDigits = /^\d+$/

/** Reads `1.2.3`, `1.2.3-rc.1`, `1.2.3+build`: three numbers, no leading zeros. Undefined where the text is no version. */
export function parseVersion(text: string): Version | undefined {
  if (text.length > maxVersionLength) return undefined
  const [named, build] = cut(text, '+')
  if (build !== undefined && !build.split('.').every((part) => identifier.test(part))) return undefined
  const [numbers, pre] = cut(named, '-')
  const core = numbers.split('.')
  if (core.length !== 3 || !core.every((part) => numeric.test(part))) return undefined
  const identifiers = pre === undefined ? [] : pre.split('.')
  if (!identifiers.every(isPreRelease)) return undefined
  return {
    core: [Number(core[0]), Number(core[1]), Number(core[2])],
    pre: identifiers.map((part) => (numeric.test(part) ? Number(part) : part)),
  }
}

/** Precedence of semver.org 2.0.0, clause 11: a pre-release comes before its release, numbers before words. */
export function compareVersions(a: Version, b: Version): number {
  for (let i = 0; i < 3; i++) {
    const difference = a.core[i]! - b.core[i]!
    if (difference !== 0) return difference < 0 ? -1 : 1
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length)
  for (let i = 0; i < a.pre.length && i < b.pre.length; i++) {
    const order = comparePre(a.pre[i]!, b.pre[i]!)
    if (order !== 0) return order
  }
  return Math.sign(a.pre.length - b.pre.length)
}

function comparePre(a: number | string, b: number | string): number {
  if (typeof a === 'number') return typeof b === 'number' ? Math.sign(a - b) : -1
  return typeof b === 'number' ? 1 : compareStrings(a, b)
}

const isPreRelease = (part: string): boolean => identifier.test(part) && (!onlyDigits.test(part) || numeric.test(part))

function cut(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
