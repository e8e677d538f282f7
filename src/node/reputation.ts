import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import { hearsayOf } from '../reputation/hearsay.ts'
import { entryOf, evolveLists } from '../reputation/lists.ts'
import { Forgiven, type ForgivenBody, Listed, type ListedBody } from '../reputation/messages.ts'
import { type Score, scoreOf } from '../reputation/score.ts'
import { forgiven } from '../reputation/standing.ts'
import type { Cid } from '../wire/cid.ts'
import { state } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { Command } from './input.ts'
import { knownTo, review } from './reviews.ts'
import type { NodeState } from './state.ts'
import { type Novelty, say, type Turn, touch } from './turn.ts'

/** A provider's score as this node sees it now: what it saw itself, and what it hears from those whose word counts here. */
export function reputationOf(node: NodeState, did: Did, { now, tag }: { now: Timestamp; tag?: string }): Score {
  const hearsay = node.reviews.has(did) ? hearsayOf(knownTo(node), did, { now, tag }) : undefined
  return scoreOf(node.standings.get(did), { now, tag, hearsay })
}

/** RP12: our own word alone. */
export function foldForgiven({ node, changed }: Turn, { body }: Verified<ForgivenBody>): Result<Novelty> {
  const { author, subject, issuedAt } = body
  if (author !== node.me) return refuse('not-taken-here', { type: body.type })
  node.standings.set(subject, forgiven(node.standings.get(subject), { about: subject, at: issuedAt }))
  changed.add(`reputation:${subject}`)
  return ok('new')
}

/** LI1: our own word alone; whoever waits for work looks at the market again. */
export function foldListed(turn: Turn, entry: Verified<ListedBody>): Result<Novelty> {
  const { node } = turn
  if (entry.body.author !== node.me) return refuse('not-taken-here', { type: entry.body.type })
  const lists = evolveLists(node.lists, entry)
  if (!lists.ok) return lists
  node.lists = lists.value
  turn.changed.add('reputation')
  touch(turn, 'offers')
  return ok('new')
}

type ReputationCommand = Extract<Command, { type: 'review' | 'forgive' | 'list' }>

/** What a person wants of its own opinions. */
export function obeyReputation(turn: Turn, command: ReputationCommand): Result<Cid> {
  if (command.type === 'review') return review(turn, command)
  if (command.type === 'forgive') {
    touch(turn, 'offers')
    return ok(say(turn, state(Forgiven, { subject: command.did })).id)
  }
  const { role, kind, name, rule } = command
  const prev = entryOf(turn.node.lists, command)?.id
  const entry = Listed.author({ author: turn.node.me, issuedAt: turn.now, prev }, { role, kind, name, rule })
  const taken = evolveLists(turn.node.lists, entry)
  if (!taken.ok) return taken
  return ok(say(turn, state(Listed, { role, kind, name, rule }, prev)).id)
}
