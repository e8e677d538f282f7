import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Command } from '../node/input.ts'
import { reputationOf } from '../node/reputation.ts'
import { knownTo } from '../node/reviews.ts'
import { authorWeight } from '../reputation/hearsay.ts'
import type { Rule } from '../reputation/lists.ts'
import { mostCommentLength } from '../reputation/messages.ts'
import { provenWrongUntil } from '../reputation/proven-wrong.ts'
import { standingReviews } from '../reputation/review.ts'
import { blacklistedUntil, payerScoreOf } from '../reputation/score.ts'
import { noCounts } from '../reputation/standing.ts'
import { tracksOf } from '../reputation/track.ts'
import type { Did } from '../wire/schema.ts'
import type { ListName, ReputationApi, ReputationRecord } from './api-reputation.ts'
import type { Parts } from './mesh.ts'

export function createReputation(parts: Parts): ReputationApi {
  const { node, shell, at } = parts

  async function tell(commands: readonly Command[]): Promise<Result<void>> {
    for (const command of commands) {
      const done = await shell.command(command)
      if (!done.ok) return done
    }
    return ok(undefined)
  }
  const list = (name: ListName, rule: Rule): Promise<Result<void>> => tell(listing(name, rule))

  return {
    of: (did) => reputationOf(node, did, { now: at() }),
    record: (did) => recordOf(parts, did),
    async review({ receipt: cid, permille, comment = '' }) {
      if (!Number.isSafeInteger(permille) || permille < 0 || permille > 1_000)
        return refuse('limit-out-of-range', { limit: 'permille', value: permille, most: 1_000 })
      if (comment.length > mostCommentLength)
        return refuse('limit-out-of-range', { limit: 'comment', value: comment.length, most: mostCommentLength })
      // A party of a receipt has it in its own log.
      const { receiptSources } = await import('./receipt-sources.ts')
      const receipt = await receiptSources(parts).ownLog(cid)
      if (!receipt) return refuse('receipt-not-found', { receipt: cid })
      const said = await shell.command({ type: 'review', receipt, ratingPermille: permille, comment })
      return said.ok && said.value ? ok(said.value) : said.ok ? refuse('storage-waits') : said
    },
    reviews: (did) =>
      standingReviews(node.reviews.get(did)).map(({ id, body }) => ({
        id,
        author: body.author,
        receipt: body.receipt,
        job: body.job,
        runtime: body.tag,
        permille: body.ratingPermille,
        comment: body.comment,
        at: body.issuedAt,
        weight: authorWeight(knownTo(node), body.author, at()),
      })),
    block: (name) => list(name, 'block'),
    allow: (name, { only = false } = {}) => list(name, only ? 'only' : 'allow'),
    unlist: (name) => list(name, 'clear'),
    forgive: (did) => tell([{ type: 'forgive', did }]),
    lists: () =>
      [...node.lists.values()].flatMap(({ body: { kind, name, role, rule, issuedAt } }) =>
        rule === 'clear' ? [] : [{ kind, name, role, rule, at: issuedAt }],
      ),
  }
}

/** A module, whoever signed it, is only ever run for a requestor. */
function listing(name: ListName, rule: Rule): readonly Command[] {
  if ('module' in name) return [{ type: 'list', role: 'requestor', kind: 'module', name: name.module, rule }]
  if ('signer' in name) return [{ type: 'list', role: 'requestor', kind: 'signer', name: name.signer, rule }]
  const roles = name.role ? [name.role] : (['provider', 'requestor'] as const)
  return roles.map((role) => ({ type: 'list', role, kind: 'did', name: name.did, rule }))
}

function recordOf({ node, at }: Parts, did: Did): ReputationRecord {
  const now = at()
  const standing = node.standings.get(did)
  const { completed, failed, verified, disputed, withdrawn, paid, unpaid } = standing?.all ?? noCounts
  const runtimes = [...(standing?.byTag.keys() ?? [])]
  return {
    did,
    ...reputationOf(node, did, { now }),
    payer: payerScoreOf(standing, now),
    byRuntime: Object.fromEntries(runtimes.map((tag) => [tag, reputationOf(node, did, { now, tag })])),
    deeds: { completed, failed, verified, disputed, withdrawn, paid, unpaid },
    tracks: tracksOf(standing),
    blacklistedUntil: blacklistedUntil(standing, now),
    provenWrongUntil: provenWrongUntil(standing, now),
    forgivenAt: standing?.forgivenAt,
    lastSeen: standing?.all.lastSeen,
  }
}
