import type { Result } from '../kernel/result.ts'
import { type Dispute, disputeMachine, endsAt } from '../receipts/dispute.ts'
import type { Cid } from '../wire/cid.ts'
import type { DisputePorts } from './dispute-driver.ts'
import type { DisputeOptions, DisputeView } from './disputes-api.ts'
import { loadedOnce } from './loaded-once.ts'
import type { Parts } from './mesh.ts'
import type { Store } from './store.ts'

/** Deadlines pass without anybody saying so. */
const lookAgainMs = 5_000

/** What runs disputes is loaded with the first one, of ours or against us. */
export function createDisputes(parts: Parts, ports: DisputePorts & { readonly store: Store }) {
  const { node } = parts
  let timer: ReturnType<typeof setTimeout> | undefined

  const driver = loadedOnce(async () => (await import('./dispute-driver.ts')).createDisputeDriver(parts, ports))
  const isOpen = ({ state }: Dispute): boolean => !disputeMachine.isFinal(state)

  function look(): void {
    clearTimeout(timer)
    if (![...node.disputes.values()].some(isOpen)) return
    timer = setTimeout(look, lookAgainMs)
    void driver().then((ready) => ready.look())
  }

  return {
    open: async (receipt: Cid, options: DisputeOptions = {}): Promise<Result<Cid>> =>
      (await driver()).open(receipt, options),
    views: (): readonly DisputeView[] => [...node.disputes.values()].map(viewOf).reverse(),
    /** After a start, and whenever something changes. @returns what ends it */
    resume(): () => void {
      const unsubscribe = ports.store.subscribe(look)
      look()
      return () => {
        unsubscribe()
        clearTimeout(timer)
      }
    },
  }
}

function viewOf(dispute: Dispute): DisputeView {
  const {
    id,
    opener,
    respondent,
    state,
    opened: { body },
    answered,
    judged,
  } = dispute
  return {
    id,
    opener,
    respondent,
    receipt: body.receipt as Cid,
    ground: body.ground,
    task: body.index,
    state,
    openedAt: body.issuedAt,
    endsAt: endsAt(dispute),
    answer: answered && { stance: answered.body.stance, reason: answered.body.reason },
    verdict: judged && { ruling: judged.body.ruling, findings: judged.body.findings as Cid[] },
  }
}
