/** A pattern with `*` cut at its stars: what must stand first, what last, and what must follow in between. */
export type Glob = { readonly first: string; readonly between: readonly Needle[]; readonly last: string }
/** A text to look for, with the length of the longest border of each of its beginnings. */
type Needle = { readonly text: string; readonly borders: readonly number[] }

/** Undefined where the pattern has no star. */
export function globOf(pattern: string): Glob | undefined {
  const parts = pattern.split('*')
  if (parts.length < 2) return undefined
  const between = parts.slice(1, -1).filter((part) => part !== '')
  return { first: parts[0]!, between: between.map(needle), last: parts[parts.length - 1]! }
}

/**
 * Whether the whole text fits, `*` standing for any characters, also none. Linear in the length of the text, whatever
 * the pattern: each part is found at its leftmost place by Knuth, Morris and Pratt, and the text is never walked back.
 */
export function fitsGlob({ first, between, last }: Glob, text: string): boolean {
  const end = text.length - last.length
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const part of between) {
    at = endOfFirst(part, text, at, end)
    if (at < 0) return false
  }
  return true
}

/** Where the first occurrence within [from, to) ends, or −1. */
function endOfFirst({ text: wanted, borders }: Needle, text: string, from: number, to: number): number {
  let matched = 0
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at)
    while (matched > 0 && wanted.charCodeAt(matched) !== unit) matched = borders[matched - 1]!
    if (wanted.charCodeAt(matched) === unit) matched++
    if (matched === wanted.length) return at + 1
  }
  return -1
}

function needle(text: string): Needle {
  const borders = [0]
  let border = 0
  for (let i = 1; i < text.length; i++) {
    while (border > 0 && text[border] !== text[i]) border = borders[border - 1]!
    if (text[border] === text[i]) border++
    borders.push(border)
  }
  return { text, borders }
}
