import { setBounded } from '../kernel/bound.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { ListedBody, listRoles, listRules } from './messages.ts'

export type Role = (typeof listRoles)[number]
export type Rule = (typeof listRules)[number]

/** What a person said of a name, by `role kind name`: the newest word. */
export type Entry = Verified<ListedBody>
export type Lists = ReadonlyMap<string, Entry>
/** A list that a person keeps by hand, and the words that took something off it again. */
export const mostEntries = 1_024

const keyOf = (role: Role, kind: ListedBody['kind'], name: string): string => `${role} ${kind} ${name}`

/** LI1: the newest word on a name counts, whichever came first. */
export function evolveLists(lists: Lists, entry: Entry): Result<Lists, 'entry-outdated' | 'lists-full'> {
  const { role, kind, name } = entry.body
  const key = keyOf(role, kind, name)
  const known = lists.get(key)
  if (known && isNewer(known, entry)) return refuse('entry-outdated', { newest: known.id })
  const next = new Map(lists)
  const isKept = !known && lists.size >= mostEntries
  if (isKept) {
    const cleared = [...lists].find(([, { body }]) => body.rule === 'clear')
    if (!cleared) return refuse('lists-full', { most: mostEntries })
    next.delete(cleared[0])
  }
  setBounded(next, key, entry, mostEntries)
  return ok(next)
}

/** Of two in one millisecond the one that names the other came after it. */
function isNewer(a: Entry, b: Entry): boolean {
  if (a.body.issuedAt !== b.body.issuedAt) return a.body.issuedAt > b.body.issuedAt
  return b.body.prev !== a.id && (a.body.prev === b.id || a.id >= b.id)
}

/** What is said of a name now, if only that it was taken off: the next word names it. */
export const entryOf = (lists: Lists, { role, kind, name }: Pick<ListedBody, 'role' | 'kind' | 'name'>) =>
  lists.get(keyOf(role, kind, name))

/** The standing word on a name; `clear` is none. */
export function ruleOf(lists: Lists, role: Role, { kind, name }: Pick<ListedBody, 'kind' | 'name'>): Rule | undefined {
  const rule = lists.get(keyOf(role, kind, name))?.body.rule
  return rule === 'clear' ? undefined : rule
}

/** LI2: why somebody is not taken: it is blocked, or others alone are taken. */
export function barredBy(lists: Lists, role: Role, did: Did): 'blocked' | 'not-listed' | undefined {
  if (lists.size === 0) return undefined
  const name = { kind: 'did', name: did } as const
  if (ruleOf(lists, role, name) === 'block') return 'blocked'
  return hasOnly(lists, role, 'did') && !isTaken(lists, role, name) ? 'not-listed' : undefined
}

/** A program by its module, and by who signed that; `signers` are undefined where nobody has said so yet. */
export type Program = { readonly module: string; readonly signers: readonly string[] | undefined }
export type ProgramBar = 'module-blocked' | 'signer-blocked' | 'signer-not-listed'

/** LI4: why a program is not run for others: it or a signer of it is blocked, or others alone are run. */
export function programBarredBy(lists: Lists, { module, signers }: Program): ProgramBar | undefined {
  if (lists.size === 0) return undefined
  const name = { kind: 'module', name: module } as const
  const names = signers?.map((signer) => ({ kind: 'signer', name: signer }) as const)
  if (ruleOf(lists, 'requestor', name) === 'block') return 'module-blocked'
  if (names?.some((one) => ruleOf(lists, 'requestor', one) === 'block')) return 'signer-blocked'
  const isOfSigners = hasOnly(lists, 'requestor', 'signer')
  if (!isOfSigners && !hasOnly(lists, 'requestor', 'module')) return undefined
  const isOneOfThem = isTaken(lists, 'requestor', name) || names?.some((one) => isTaken(lists, 'requestor', one))
  if (isOneOfThem || (!names && takesSigners(lists))) return undefined
  return isOfSigners ? 'signer-not-listed' : 'module-blocked'
}

/** Who signed it may yet turn out to be somebody whose programs are taken. */
const takesSigners = (lists: Lists): boolean =>
  [...lists.values()].some(({ body: { kind, rule } }) => kind === 'signer' && (rule === 'only' || rule === 'allow'))

const isTaken = (lists: Lists, role: Role, one: Pick<ListedBody, 'kind' | 'name'>): boolean =>
  ['only', 'allow'].includes(ruleOf(lists, role, one) ?? '')

const hasOnly = (lists: Lists, role: Role, kind: ListedBody['kind']): boolean =>
  [...lists.values()].some(({ body }) => body.role === role && body.kind === kind && body.rule === 'only')

/** LI3: whoever is allowed by name is taken also where its score or the blacklist would speak against it. */
export const isAllowed = (lists: Lists, role: Role, did: Did): boolean =>
  isTaken(lists, role, { kind: 'did', name: did })
