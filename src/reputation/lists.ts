import { setBounded } from '../kernel/bound.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Cid } from '../wire/cid.ts'
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

/** LI2: why somebody, or somebody's module, is not taken: it is blocked, or others alone are taken. */
export function barredBy(
  lists: Lists,
  role: Role,
  { did, module }: { did: Did; module?: Cid | undefined },
): 'blocked' | 'not-listed' | undefined {
  if (lists.size === 0) return undefined
  const names = [
    { kind: 'did', name: did },
    ...(module === undefined ? [] : [{ kind: 'module' as const, name: module }]),
  ] as const
  if (names.some((one) => ruleOf(lists, role, one) === 'block')) return 'blocked'
  const isMissing = names.some(({ kind, name }) => hasOnly(lists, role, kind) && !isTaken(lists, role, { kind, name }))
  return isMissing ? 'not-listed' : undefined
}

const isTaken = (lists: Lists, role: Role, one: Pick<ListedBody, 'kind' | 'name'>): boolean =>
  ['only', 'allow'].includes(ruleOf(lists, role, one) ?? '')

const hasOnly = (lists: Lists, role: Role, kind: ListedBody['kind']): boolean =>
  [...lists.values()].some(({ body }) => body.role === role && body.kind === kind && body.rule === 'only')

/** LI3: whoever is allowed by name is taken also where its score or the blacklist would speak against it. */
export const isAllowed = (lists: Lists, role: Role, did: Did): boolean =>
  isTaken(lists, role, { kind: 'did', name: did })
