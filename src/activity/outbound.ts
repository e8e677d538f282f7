import { ok, type Result, refuse } from '../kernel/result.ts'
import type { None, NotAnswered } from './outside.ts'

/** Bounds of what programs fetch through the provider that runs them. */
export const outboundLimits = {
  /** Addresses of a job, and of a provider: a constraint of 2 KiB names them all. */
  origins: 8,
  originLength: 128,
  /** Of one task: whoever needs more has a list that belongs into files of the job. */
  requests: 64,
  /** Head and body of one: a form, not an upload. */
  requestBytes: 65_536,
  /** Longer addresses are refused by common servers too. */
  urlLength: 4_096,
  headers: 8,
  /** A token of access fits. */
  headerValueLength: 1_024,
  /** A page or a table; more belongs into files of the job, which are verified. Kept by the worker until the next one. */
  answerBytes: 4_194_304,
  answerTypeLength: 128,
  /** From asking to the last byte: half of what a person waits for a page. */
  requestMs: 30_000,
} as const

/** What an offer says whose provider lets programs fetch something. */
export const outboundCapability = 'outbound'

/** Why nothing was fetched, by the names of `hostError`. */
export type NotFetched = Exclude<NotAnswered, 'absent'>
export type FetchAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly type: string; readonly body: Uint8Array }
  | None

export type FetchMethod = 'GET' | 'HEAD' | 'POST'
export type FetchRequest = {
  readonly method: FetchMethod
  readonly url: string
  readonly origin: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
/** A name with a dot whose last part is a word: no address in numbers, in any of its spellings. */
const named = new RegExp(`^https://(?:${label}\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?(?::([1-9][0-9]{0,4}))?$`)
/** The machine itself, for whoever tries something out. */
const local = /^http:\/\/localhost(?::([1-9][0-9]{0,4}))?$/
const mostPort = 65_535

/** FE1: one spelling an origin: lower case, no port that goes without saying, nothing behind it. */
export function isOrigin(text: string): boolean {
  if (text.length > outboundLimits.originLength) return false
  const [found, usual] = text.startsWith('http:') ? [local.exec(text), 80] : [named.exec(text), 443]
  if (!found) return false
  const port = found[1] === undefined ? undefined : Number(found[1])
  return port === undefined || (port <= mostPort && port !== usual)
}

/** What somebody typed, in that spelling; undefined where it is no origin. */
export function readOrigin(text: string): string | undefined {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/\/$/, '')
    .replace(/^(https:\/\/.*):443$/, '$1')
  return isOrigin(plain) ? plain : undefined
}

/** Origins that somebody named, each once. */
export function readOrigins(
  given: readonly string[],
): Result<readonly string[], 'origin-not-allowed' | 'too-many-origins'> {
  const origins = new Set<string>()
  for (const text of given) {
    const origin = readOrigin(text)
    if (origin === undefined) return refuse('origin-not-allowed', { origin: text.slice(0, 80) })
    origins.add(origin)
  }
  if (origins.size > outboundLimits.origins)
    return refuse('too-many-origins', { origins: origins.size, most: outboundLimits.origins })
  return ok([...origins])
}

/** What may stand behind an origin: no fragment, no space, nothing that a browser would rewrite into something else. */
const addressed = /^(https?:\/\/[^/?]*)(?:[/?][\w!$%&()*+,./:;=?@~-]*)?$/

/** The origin of an address that a program names: letter for letter, so that no two readings of it differ. */
export function originOf(url: string): string | undefined {
  const origin = url.length > outboundLimits.urlLength ? undefined : addressed.exec(url)?.[1]
  return origin !== undefined && isOrigin(origin) ? origin : undefined
}

const methods: ReadonlySet<string> = new Set<FetchMethod>(['GET', 'HEAD', 'POST'])
/** What a program may say of itself and of what it wants; nothing about connection, cookies or who asks. */
const sayable: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'authorization',
  'content-type',
  'range',
  'x-api-key',
])
const newline = 0x0a

/**
 * A request as a program writes it: a line `GET https://api.example.org/words`, lines `name: value`, an empty line, and the body.
 * The lines are ASCII and end with a line feed.
 */
export function readFetch(bytes: Uint8Array): FetchRequest | NotFetched {
  if (bytes.length > outboundLimits.requestBytes) return 'overLimit'
  const ends = bytes.findIndex((byte, at) => byte === newline && (at + 1 === bytes.length || bytes[at + 1] === newline))
  const head = ends < 0 ? bytes : bytes.subarray(0, ends)
  const body = ends < 0 ? new Uint8Array(0) : bytes.slice(ends + 2)
  const [first = '', ...lines] = ascii(head).split('\n')
  const [method = '', url = '', ...more] = first.split(' ')
  const origin = originOf(url)
  const headers = readHeaders(lines)
  if (!methods.has(method) || more.length > 0 || origin === undefined || !headers) return 'invalid'
  if (body.length > 0 && method !== 'POST') return 'invalid'
  return { method: method as FetchMethod, url, origin, headers, body }
}

function readHeaders(lines: readonly string[]): Record<string, string> | undefined {
  if (lines.length > outboundLimits.headers) return undefined
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Za-z-]+): ?([ -~]*)$/.exec(line) ?? []
    const plain = name.toLowerCase()
    if (!sayable.has(plain) || plain in headers || value.length > outboundLimits.headerValueLength) return undefined
    headers[plain] = value
  }
  return headers
}

/** Whatever is not ASCII becomes a character that no grammar here has. */
function ascii(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : '\u0080'
  return text
}
