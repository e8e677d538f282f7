import { ok, type Result } from '../kernel/result.ts'
import { type Dispute, disputeMachine, endsAt } from '../receipts/dispute.ts'
import type { Cid } from '../wire/cid.ts'
import type { DisputePorts } from './dispute-driver.ts'
import type { DisputeOptions, DisputeView } from './disputes-api.ts'
import { loadedOnce } from './loaded-once.ts'
import type { Parts } from './mesh.ts'
import type { Store } from './store.ts'

const placeKey = (dispute: Cid): string => `dispute-place:${dispute}`

/** Deadlines pass without anybody saying so. */
const lookAgainMs = 5_000

/** What runs disputes is loaded with the first one, of ours or against us. */
export function createDisputes(parts: Parts, ports: DisputePorts & { readonly store: Store }) {
  const { node, log } = parts
  const { store } = ports
  const places = new Map<Cid, number | undefined>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const driver = loadedOnce(async () => (await import('./dispute-driver.ts')).createDisputeDriver(parts, ports))
  const isOpen = ({ state }: Dispute): boolean => !disputeMachine.isFinal(state)

  function look(): void {
    clearTimeout(timer)
    if (![...node.disputes.values()].some(isOpen)) return
    timer = setTimeout(look, lookAgainMs)
    void driver().then((ready) => ready.look())
  }

  function keepPlace(dispute: Cid, task: number | undefined): void {
    places.set(dispute, task)
    store.touch([`dispute:${dispute}`])
  }

  /** Where the task stands in our job: known since it was opened, or looked up once. */
  function placeOf({ id, opener }: Dispute): number | undefined {
    if (opener === node.me && !places.has(id)) {
      places.set(id, undefined)
      void log.readSetting(placeKey(id)).then(
        (kept) => typeof kept === 'number' && places.get(id) === undefined && keepPlace(id, kept),
        () => {}, // it is told without its place
      )
    }
    return places.get(id)
  }

  return {
    async open(receipt: Cid, options: DisputeOptions = {}): Promise<Result<Cid>> {
      const opened = await (await driver()).open(receipt, options)
      if (!opened.ok) return opened
      const { dispute, task } = opened.value
      keepPlace(dispute, task)
      await log.writeSetting(placeKey(dispute), task)
      return ok(dispute)
    },
    views: (): readonly DisputeView[] =>
      [...node.disputes.values()].map((dispute) => viewOf(dispute, placeOf(dispute))).reverse(),
    /** After a start, and whenever something changes. @returns what ends it */
    resume(): () => void {
      const unsubscribe = store.subscribe(look)
      look()
      return () => {
        unsubscribe()
        clearTimeout(timer)
      }
    },
  }
}

function viewOf(dispute: Dispute, task: number | undefined): DisputeView {
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
    task,
    state,
    openedAt: body.issuedAt,
    endsAt: endsAt(dispute),
    answer: answered && { stance: answered.body.stance, reason: answered.body.reason },
    verdict: judged && { ruling: judged.body.ruling, findings: judged.body.findings as Cid[] },
  }
}
