import { compareStrings } from '../src/kernel/bytes.ts'
import { ok, type Refusal, type Result, refuse } from '../src/kernel/result.ts'

/** One task of a job, as `submit` takes it. The program's own name is not among the arguments. */
export type JobTask = {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Uint8Array
  readonly files?: Readonly<Record<string, Uint8Array>>
}

/** What a provider's answer may be refused for: it ran, but its output is not of the job's form. */
export type OutputCode = 'job-output-malformed'

export type PictureParams = {
  readonly scene: 'glasshouse' | 'tiles' | 'fractal'
  /** In pixels, 1 to 8192. */
  readonly width: number
  readonly height: number
  /** Rays through each pixel, 1 to 4096. */
  readonly samples: number
  /** Another seed gives another grain of the same picture, 0 to 2³² − 1. */
  readonly seed: number
  /** Side of a tile in pixels, at most 1024, the program's own bound; tiles at the right and lower edge may be smaller. */
  readonly tileSize: number
}

export type Tile = { readonly x: number; readonly y: number; readonly w: number; readonly h: number }

/** The picture's tiles from its middle outwards, which is how it is best watched where tasks go out in their order; task n computes tile n. */
export function pictureTiles(params: PictureParams): readonly Tile[] {
  const { width, height, tileSize } = params
  const tiles: Tile[] = []
  for (let y = 0; y < height; y += tileSize) {
    for (let x = 0; x < width; x += tileSize) {
      tiles.push({ x, y, w: Math.min(tileSize, width - x), h: Math.min(tileSize, height - y) })
    }
  }
  const distance = ({ x, y, w, h }: Tile): number => (2 * x + w - width) ** 2 + (2 * y + h - height) ** 2
  return tiles.sort((a, b) => distance(a) - distance(b) || a.y - b.y || a.x - b.x)
}

export function* pictureTasks(params: PictureParams): Generator<JobTask> {
  for (const { x, y, w, h } of pictureTiles(params)) {
    const numbers = [params.width, params.height, x, y, w, h, params.samples, params.seed]
    yield { args: [params.scene, ...numbers.map(String)] }
  }
}

/**
 * Copies a tile's output to its place in the whole picture.
 * @param picture RGBA, width × height × 4 bytes, row by row; @param stdout what the tile's task wrote
 */
export function placeTile(
  picture: { readonly pixels: Uint8ClampedArray | Uint8Array; readonly width: number },
  tile: Tile,
  stdout: Uint8Array,
): Result<undefined, OutputCode> {
  const expectedBytes = tile.w * tile.h * 4
  if (stdout.length !== expectedBytes) return malformed({ expectedBytes, actualBytes: stdout.length })
  for (let row = 0; row < tile.h; row++) {
    const line = stdout.subarray(row * tile.w * 4, (row + 1) * tile.w * 4)
    picture.pixels.set(line, ((tile.y + row) * picture.width + tile.x) * 4)
  }
  return ok(undefined)
}

export type SourceFile = { readonly name: string; readonly bytes: Uint8Array }

const loaders: Readonly<Record<string, string>> = {
  js: 'js',
  mjs: 'js',
  cjs: 'js',
  jsx: 'jsx',
  ts: 'ts',
  mts: 'ts',
  tsx: 'tsx',
  css: 'css',
  json: 'json',
}

const extensionOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase()

/** Whether the minifier knows what to make of a file of that name. */
export const canMinify = (name: string): boolean => extensionOf(name) in loaders

export type MinifyParams = {
  readonly files: readonly SourceFile[]
  /** The oldest language level that must understand the result, or undefined to leave new syntax as it is. */
  readonly target?: 'es2017' | 'es2020' | 'es2022'
}

/** One task a file: the source goes in by stdin, the small program comes out by stdout. */
export function* minifyTasks(params: MinifyParams): Generator<JobTask> {
  const target = params.target === undefined ? [] : [`--target=${params.target}`]
  for (const { name, bytes } of params.files) {
    const loader = loaders[extensionOf(name)] ?? 'js'
    yield { args: ['--minify', `--loader=${loader}`, '--log-level=warning', '--color=false', ...target], stdin: bytes }
  }
}

/** 'lib/list.mjs' → 'lib/list.min.mjs'; what was typed comes out as JavaScript. */
export function minifiedName(name: string): string {
  const extension = extensionOf(name)
  const stem = name.slice(0, name.length - extension.length - 1)
  const kind = extension === 'css' || extension === 'json' ? extension : extension.startsWith('m') ? 'mjs' : 'js'
  return extension in loaders ? `${stem}.min.${extension === 'cjs' ? 'cjs' : kind}` : `${name}.min.js`
}

export type JavascriptParams = {
  readonly script: string
  /** What the script finds in `args`, for each task. */
  readonly given: readonly (readonly string[])[]
}

/** The same script in each task, with other words to work on. */
export function* javascriptTasks({ script, given }: JavascriptParams): Generator<JobTask> {
  const stdin = new TextEncoder().encode(script)
  for (const args of given) yield { args, stdin }
}

/** What public/jobs/corpus/*.json holds. Offsets and sizes count bytes of the text file; chapters lie end to end. */
export type CorpusIndex = {
  readonly title: string
  readonly author: string
  readonly year: number
  readonly file: string
  readonly sizeBytes: number
  readonly chapters: readonly Chapter[]
}

export type Chapter = {
  readonly name: string
  readonly title: string
  readonly offset: number
  readonly sizeBytes: number
}

/** A text with its parts: a corpus of the gallery, or anybody's own text. */
export type Text = { readonly bytes: Uint8Array; readonly chapters: readonly Chapter[] }

export type SearchParams = {
  readonly text: Text
  /** Taken literally, 1 to 200 characters. */
  readonly pattern: string
  readonly anyCase: boolean
  readonly wholeWords: boolean
}

/** One task a chapter. */
export function* searchTasks(params: SearchParams): Generator<JobTask> {
  const options = [...(params.anyCase ? ['-i'] : []), ...(params.wholeWords ? ['-w'] : []), '--']
  for (const chapter of params.text.chapters) {
    yield {
      args: [...options, params.pattern, chapter.name, String(chapter.offset)],
      stdin: pieceOf(params.text, chapter),
    }
  }
}

export function* wordsTasks(params: { readonly text: Text }): Generator<JobTask> {
  for (const chapter of params.text.chapters) yield { args: [chapter.name], stdin: pieceOf(params.text, chapter) }
}

const pieceOf = (text: Text, { offset, sizeBytes }: Chapter): Uint8Array =>
  text.bytes.subarray(offset, offset + sizeBytes)

/** Cuts a text without chapters into pieces of about `pieceBytes`, each ending where a line ends. */
export function piecesOf(bytes: Uint8Array, pieceBytes: number): readonly Chapter[] {
  const pieces: Chapter[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const newline = bytes.indexOf(10, offset + pieceBytes - 1)
    const end = newline < 0 ? bytes.length : newline + 1
    const name = `piece-${String(pieces.length + 1).padStart(4, '0')}`
    pieces.push({ name, title: `Piece ${pieces.length + 1}`, offset, sizeBytes: end - offset })
    offset = end
  }
  return pieces
}

export type Match = { readonly offset: number; readonly line: string }

/** What one task of `search` found, in order of the text. */
export function readMatches(stdout: Uint8Array): Result<readonly Match[], OutputCode> {
  const matches: Match[] = []
  for (const row of rowsOf(stdout)) {
    const cut = row.indexOf('\t')
    const offset = countOf(row.slice(0, Math.max(cut, 0)))
    if (offset === undefined) return malformed({ line: row.slice(0, 80) })
    matches.push({ offset, line: row.slice(cut + 1) })
  }
  return ok(matches)
}

/** The finds of many tasks, whatever their order of completion, in order of the text. */
export const mergeMatches = (parts: Iterable<readonly Match[]>): readonly Match[] =>
  [...parts].flat().sort((a, b) => a.offset - b.offset)

export type WordCounts = {
  readonly bytes: number
  readonly lines: number
  readonly words: number
  readonly counts: ReadonlyMap<string, number>
}

export const noWords: WordCounts = { bytes: 0, lines: 0, words: 0, counts: new Map() }

const totalNames = ['=bytes', '=lines', '=words', '=distinct'] as const

/** What one task of `words` counted. Totals that contradict the counts are malformed. */
export function readWords(stdout: Uint8Array): Result<WordCounts, OutputCode> {
  const rows = rowsOf(stdout)
  const totals: number[] = []
  const counts = new Map<string, number>()
  let sum = 0
  for (const [index, row] of rows.entries()) {
    const [word, text, ...rest] = row.split('\t')
    const count = countOf(text ?? '')
    const isTotal = index < totalNames.length
    if (
      !word ||
      count === undefined ||
      rest.length > 0 ||
      (isTotal && word !== totalNames[index]) ||
      counts.has(word)
    ) {
      return malformed({ line: row.slice(0, 80) })
    }
    if (isTotal) totals.push(count)
    else {
      counts.set(word, count)
      sum += count
    }
  }
  const [bytes, lines, words, distinct] = totals
  if (bytes === undefined || lines === undefined || words !== sum || distinct !== counts.size) {
    return malformed({ words: words ?? -1, sum, distinct: distinct ?? -1, counted: counts.size })
  }
  return ok({ bytes, lines, words, counts })
}

/** The counts of all parts together; the same in every order of the parts. */
export function mergeWords(parts: Iterable<WordCounts>): WordCounts {
  const counts = new Map<string, number>()
  let [bytes, lines, words] = [0, 0, 0]
  for (const part of parts) {
    bytes += part.bytes
    lines += part.lines
    words += part.words
    for (const [word, count] of part.counts) counts.set(word, (counts.get(word) ?? 0) + count)
  }
  return { bytes, lines, words, counts }
}

/** The most frequent words, ties in order of their letters. */
export const topWords = (counts: WordCounts['counts'], most: number): readonly (readonly [string, number])[] =>
  [...counts].sort((a, b) => b[1] - a[1] || compareStrings(a[0], b[0])).slice(0, most)

/** The lines of an output. */
function rowsOf(stdout: Uint8Array): readonly string[] {
  const text = new TextDecoder().decode(stdout)
  const rows = text.split('\n')
  if (rows.at(-1) === '') rows.pop()
  return rows
}

const countOf = (text: string): number | undefined => {
  const count = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(count) ? count : undefined
}

const malformed = (facts: Refusal['facts']): Refusal<OutputCode> => refuse('job-output-malformed', facts)

export type GuessParams = {
  /** 2 to a thousand million. */
  readonly most: number
  /** Another seed gives another number, 0 to 999,999,999. */
  readonly seed: number
}

/** One task, and somebody types into it. */
export const guessTasks = ({ most, seed }: GuessParams): readonly JobTask[] => [{ args: [String(most), String(seed)] }]
