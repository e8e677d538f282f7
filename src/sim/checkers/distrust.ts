import { dayMs } from '../../kernel/time.ts'
import { AgreementProposed } from '../../market/messages.ts'
import { acceptedOf } from '../../payment/account.ts'
import { DebitNoteAccepted, InvoiceAccepted } from '../../payment/messages.ts'
import { type CheckedBody, ResultsChecked } from '../../receipts/messages.ts'
import type { Cid } from '../../wire/cid.ts'
import type { BodyOf, Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import type { Host } from '../shell.ts'
import { must } from './violation.ts'

export type DistrustChecks = { stated(host: Host, event: Verified<AnyBody>): void }

/** Whoever was proven wrong is asked for nothing that day, and is not paid what was not cleared before. */
export function checkDistrust(): DistrustChecks {
  const wrongAt = new Map<string, number>()
  /** By agreement: what was cleared of it, by activity, and what was accepted when its provider was proven wrong. */
  const blamed = new Map<Cid, { readonly accepted: bigint; readonly cleared: Map<Cid, bigint> }>()

  function found(host: Host, { provider, issuedAt, agreement, activity, cleared, disputed }: CheckedBody): void {
    const known = blamed.get(agreement)
    known?.cleared.set(activity, cleared)
    if (disputed === 0 || known) return
    wrongAt.set(`${host.index} ${provider}`, issuedAt)
    const account = host.node.accounts.get(agreement)
    if (!account) return
    const before = [...account.activities.values()].map((one) => [one.activity, one.cleared] as const)
    blamed.set(agreement, { accepted: acceptedOf(account), cleared: new Map([...before, [activity, cleared]]) })
  }

  return {
    stated(host, { body }) {
      if (body.author !== host.did || !host.actor.isHonest) return
      if (body.type === ResultsChecked.type) return found(host, body as CheckedBody)
      if (body.type === AgreementProposed.type) {
        const { to, demand } = body as BodyOf<typeof AgreementProposed>
        const at = wrongAt.get(`${host.index} ${to}`)
        const isFree = at === undefined || body.issuedAt <= at || body.issuedAt >= at + dayMs
        must(isFree, () => 'who was proven wrong is asked again that day', demand)
      }
      if (body.type !== DebitNoteAccepted.type && body.type !== InvoiceAccepted.type) return
      const { agreement, total } = body as BodyOf<typeof DebitNoteAccepted>
      const before = blamed.get(agreement)
      if (!before) return
      const cleared = [...before.cleared.values()].reduce((sum, one) => sum + one, 0n)
      const most = cleared + (cleared * 20n) / 1000n
      must(
        total <= (most > before.accepted ? most : before.accepted),
        () => `${total} paid to a liar, ${cleared} cleared and ${before.accepted} paid before`,
        agreement,
      )
    },
  }
}
