/** A form of a script: words, texts in quotes, and forms. */
export type Form = { readonly start: number; readonly end: number; readonly items: readonly (Form | string)[] }

/** The forms of a script of the suite, in order; remarks are left out. */
export function formsOf(text: string): Form[] {
  let at = 0
  const all: Form[] = []
  for (;;) {
    skip()
    if (at >= text.length) return all
    all.push(form())
  }

  function skip(): void {
    for (;;) {
      if (/\s/.test(text[at] ?? '')) at++
      else if (text.startsWith(';;', at)) at = (text.indexOf('\n', at) + 1 || text.length + 1) - 1
      else if (text.startsWith('(;', at)) remark()
      else return
    }
  }
  function remark(): void {
    let depth = 0
    do {
      if (text.startsWith('(;', at)) depth++
      else if (text.startsWith(';)', at)) depth--
      else {
        at++
        continue
      }
      at += 2
    } while (depth > 0)
  }
  function form(): Form {
    const start = at++
    const items: (Form | string)[] = []
    for (;;) {
      skip()
      if (text[at] === ')') return { start, end: ++at, items }
      if (at >= text.length) throw new Error(`a form is not closed: ${text.slice(start, start + 40)}`)
      items.push(text[at] === '(' ? form() : text[at] === '"' ? quoted() : word())
    }
  }
  function quoted(): string {
    const start = at++
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    return text.slice(start, ++at)
  }
  function word(): string {
    const start = at++
    while (at < text.length && !/[\s()";]/.test(text[at]!)) at++
    return text.slice(start, at)
  }
}

export const isForm = (item: Form | string | undefined): item is Form => typeof item === 'object'
export const isName = (item: Form | string | undefined): item is string =>
  typeof item === 'string' && item.startsWith('$')

/** The bytes that a text in quotes stands for. */
export function bytesIn(quoted: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  const inner = quoted.slice(1, -1)
  const pattern = /\\([0-9a-fA-F]{2})|\\u\{([0-9a-fA-F]+)\}|\\(.)|[^\\]+/gs
  for (const [plain, byte, point, letter] of inner.matchAll(pattern)) {
    if (byte) bytes.push(Number.parseInt(byte, 16))
    else
      bytes.push(...encoder.encode(point ? String.fromCodePoint(Number.parseInt(point, 16)) : escaped(letter, plain)))
  }
  return Uint8Array.from(bytes)
}

export const textIn = (quoted: string): string => new TextDecoder().decode(bytesIn(quoted))

const encoder = new TextEncoder()
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
const escaped = (letter: string | undefined, plain: string): string => (letter ? (escapes[letter] ?? letter) : plain)
