/** Reads the numbers of a WebAssembly binary. Past the end, or at a number that is none, it turns `bad` and gives zeros. */
export type Reader = {
  readonly end: number
  at: number
  bad: boolean
}

export type Section = { readonly id: number; readonly start: number; readonly end: number }

export const readerOf = (bytes: Uint8Array, start = 0, end = bytes.length): Reader => ({
  end,
  at: start,
  bad: end > bytes.length,
})

export function byte(bytes: Uint8Array, reader: Reader): number {
  if (reader.bad || reader.at >= reader.end) return spoil(reader)
  return bytes[reader.at++]!
}

/** An unsigned 32-bit LEB128 number: at most five bytes, the fifth with four bits. */
export function u32(bytes: Uint8Array, reader: Reader): number {
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    const part = byte(bytes, reader)
    if (shift === 28 && part > 0x0f) return spoil(reader)
    value += (part & 0x7f) * 2 ** shift
    if (part < 0x80) return value
  }
  return spoil(reader)
}

export function skip(reader: Reader, count: number): void {
  if (count > reader.end - reader.at) spoil(reader)
  else reader.at += count
}

/** A name as text for people and for comparison with ASCII: every other byte becomes '?', and 64 characters are mostly enough. */
export function name(bytes: Uint8Array, reader: Reader, mostLength = 64): string {
  const length = u32(bytes, reader)
  const start = reader.at
  skip(reader, length)
  if (reader.bad) return ''
  let text = ''
  for (const code of bytes.subarray(start, start + Math.min(length, mostLength))) {
    text += code > 0x20 && code < 0x7f ? String.fromCharCode(code) : '?'
  }
  return length > mostLength ? `${text}…` : text
}

/** Sections that are no remarks, in the order of the format; 13 are tags, the last of WebAssembly 3.0. */
const order = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11]

/** The sections of a module in order, or undefined where one ends past the module, comes twice or comes too late. */
export function sections(bytes: Uint8Array): Section[] | undefined {
  const reader = readerOf(bytes, 8)
  const found: Section[] = []
  let last = -1
  while (!reader.bad && reader.at < reader.end) {
    const section = sectionAt(bytes, reader)
    const place = order.indexOf(section.id)
    if (section.id !== 0 && place <= last) return undefined
    if (section.id !== 0) last = place
    found.push(section)
  }
  return reader.bad ? undefined : found
}

/** The section that begins here; the reader goes past it. */
export function sectionAt(bytes: Uint8Array, reader: Reader): Section {
  const id = byte(bytes, reader)
  const size = u32(bytes, reader)
  const start = reader.at
  skip(reader, size)
  return { id, start, end: reader.at }
}

export function u32Bytes(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) + 128)
  }
}

function spoil(reader: Reader): 0 {
  reader.bad = true
  return 0
}
