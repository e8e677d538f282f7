import { concatBytes } from '../../kernel/bytes.ts'
import type { Rng } from '../../kernel/rng.ts'
import { type Section, sections, u32Bytes } from '../module-reader.ts'

type Bytes = Uint8Array<ArrayBuffer>
type Change = (bytes: Bytes, rng: Rng, other: Bytes) => Bytes

const at = (bytes: Bytes, rng: Rng): number => 8 + rng.below(Math.max(1, bytes.length - 8))
const replaced = (bytes: Bytes, from: number, to: number, by: readonly number[]): Bytes =>
  concatBytes([bytes.subarray(0, from), Uint8Array.from(by), bytes.subarray(to)])
const whole = (bytes: Bytes, { start, end, id }: Section): Bytes =>
  concatBytes([Uint8Array.from([id, ...u32Bytes(end - start)]), bytes.subarray(start, end)])
const rebuilt = (bytes: Bytes, parts: readonly Bytes[]): Bytes => concatBytes([bytes.subarray(0, 8), ...parts])
const pick = <T>(rng: Rng, from: readonly T[]): T | undefined => from[rng.below(Math.max(1, from.length))]

/** Sections whose length fits again after something within was changed, so that what is read first is not all that is read. */
function within(bytes: Bytes, rng: Rng, change: (content: Bytes) => Bytes): Bytes {
  const parts = sections(bytes) ?? []
  const chosen = pick(rng, parts)
  const changed = parts.map((part) => {
    if (part !== chosen) return whole(bytes, part)
    const content = change(bytes.slice(part.start, part.end))
    return concatBytes([Uint8Array.from([part.id, ...u32Bytes(content.length)]), content])
  })
  return rebuilt(bytes, changed)
}

/** In one byte or five, the same number, or one that nobody means. */
const numbers: readonly (readonly number[])[] = [
  [0x80, 0x80, 0x80, 0x80, 0x00],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
]

const changes: readonly Change[] = [
  (bytes, rng) => {
    const changed = bytes.slice()
    changed[at(bytes, rng)]! ^= 1 << rng.below(8)
    return changed
  },
  (bytes, rng) => {
    const changed = bytes.slice()
    changed[at(bytes, rng)] = rng.below(256)
    return changed
  },
  (bytes, rng) => {
    const from = at(bytes, rng)
    return replaced(bytes, from, from, [rng.below(256)])
  },
  (bytes, rng) => {
    const from = at(bytes, rng)
    return replaced(bytes, from, from + 1 + rng.below(4), [])
  },
  (bytes, rng) => bytes.slice(0, at(bytes, rng)),
  (bytes, rng) =>
    within(bytes, rng, (content) => {
      content[rng.below(Math.max(1, content.length))] = rng.below(256)
      return content
    }),
  (bytes, rng) =>
    within(bytes, rng, (content) => {
      const from = rng.below(Math.max(1, content.length))
      return replaced(content, from, from + rng.below(2), pick(rng, numbers)!)
    }),
  (bytes, rng) =>
    within(bytes, rng, (content) => {
      const [from, to] = [rng.below(content.length + 1), rng.below(content.length + 1)]
      return replaced(content, from, from, [...content.subarray(to, to + rng.below(16))])
    }),
  (bytes, rng, other) => {
    const mine = (sections(bytes) ?? []).map((part) => whole(bytes, part))
    const theirs = pick(rng, sections(other) ?? [])
    const from = rng.below(mine.length + 1)
    return rebuilt(bytes, mine.toSpliced(from, rng.below(2), ...(theirs ? [whole(other, theirs)] : [])))
  },
  (bytes, rng) => {
    const mine = (sections(bytes) ?? []).map((part) => whole(bytes, part))
    const from = rng.below(mine.length + 1)
    const [taken] = mine.splice(from, 1)
    if (taken) mine.splice(rng.below(mine.length + 1), 0, taken)
    return rebuilt(bytes, mine)
  },
]

/** The module without its custom sections, which the meter leaves out: what is wrong in them is nobody's trouble. */
export function withoutRemarks(bytes: Bytes): Bytes {
  const parts = sections(bytes)
  return parts
    ? rebuilt(
        bytes,
        parts.filter(({ id }) => id !== 0).map((part) => whole(bytes, part)),
      )
    : bytes
}

/** A module with one to three things changed in it: bits, bytes, lengths, the order of its sections, or a section of another's. */
export function mutantOf(bytes: Bytes, other: Bytes, rng: Rng): Bytes {
  let changed = bytes
  for (let i = 0; i <= rng.below(3); i++) changed = pick(rng, changes)!(changed, rng, other)
  return changed
}
