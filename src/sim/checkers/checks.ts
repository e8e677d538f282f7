import type { Progress } from '../../activity/schedule.ts'
import type { Input } from '../../node/input.ts'
import { fuelTold } from '../../node/job-fuel.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import type { Did } from '../../wire/schema.ts'
import { ToSeal } from '../../wire/sealing.ts'
import type { Happening } from '../agenda.ts'
import type { SimResult, StoredJob } from '../disk.ts'
import type { Host } from '../shell.ts'
import type { World } from '../world.ts'
import { type AcceptanceChecks, checkAcceptances } from './acceptances.ts'
import { type AgreementChecks, checkAgreements } from './agreements.ts'
import { checkCapacity } from './capacity.ts'
import { checkDistrust } from './distrust.ts'
import { explained } from './explain.ts'
import { checkMoney, type MoneyChecks } from './money.ts'
import { checkQueues } from './queues.ts'
import { checkReceipts, type ReceiptChecks } from './receipts.ts'
import { digestOf, sameAfterRestore } from './restore.ts'
import { checkRounds, type RoundChecks } from './rounds.ts'
import { checkBudgets, checkShares } from './shares.ts'
import { must } from './violation.ts'

/** Everything that must hold at every event. Each looks only at what the step changed. */
export type Checks = {
  readonly agreements: AgreementChecks
  readonly money: MoneyChecks
  readonly receipts: ReceiptChecks
  readonly acceptances: AcceptanceChecks
  readonly rounds: RoundChecks
  /** Providers whose receipts did not prove their results, by whoever saw it. */
  readonly caughtLiars: Map<Did, string>
  /** Providers whose results others contradicted, and how many results were agreed on. */
  readonly provenWrong: ReadonlySet<Did>
  readonly agreedResults: () => number
  stepped(host: Host, input: Input, changed: ReadonlySet<string>): void
  persisted(host: Host, events: readonly Verified<AnyBody>[]): void
  /** A message is about to leave. */
  speaks(host: Host, body: unknown): void
  runs(host: Host, running: number): void
  tookResults(host: Host, job: Cid, stored: StoredJob, progress: Progress): void
  caught(host: Host, provider: Did, code: string): void
  /** A task of a job whose answers are compared has its result. */
  checked(job: Cid, result: SimResult): void
  /** Whose answer was found wrong. */
  proven(provider: Did): void
  closing(host: Host): void
  opened(host: Host): void
  /** An event of the own log was refused at a start. */
  notReplayed(host: Host, event: Verified<AnyBody>, code: string): void
  explained(error: unknown, at: Happening): Error
}

export function createChecks(world: World): Checks {
  const agreements = checkAgreements(world)
  const money = checkMoney(world)
  const receipts = checkReceipts(world)
  const acceptances = checkAcceptances(world)
  const digests = new Map<Host, string>()
  const caughtLiars = new Map<Did, string>()
  const provenWrong = new Set<Did>()
  let agreedResults = 0
  const distrust = checkDistrust()

  return {
    agreements,
    money,
    receipts,
    acceptances,
    rounds: checkRounds(world),
    caughtLiars,
    stepped(host, input, changed) {
      if (input.type === 'pulled' || input.type === 'caughtUp') receipts.heard(host, input.events)
      if (changed.size === 0) return
      for (const key of changed) {
        const id = key.slice(key.indexOf(':') + 1) as Cid
        if (key.startsWith('agreement:')) {
          checkCapacity(host, id)
          checkShares(host, id)
        } else if (key.startsWith('account:')) {
          money.account(host, id)
          checkBudgets(host, id)
        }
      }
      checkQueues(host)
    },
    persisted(host, events) {
      for (const event of events) {
        agreements.stated(host, event)
        receipts.stated(host, event)
        acceptances.stated(host, event)
        money.stated(host, event)
        distrust.stated(host, event)
      }
    },
    speaks(host, body) {
      if (!host.actor.isHonest || typeof body !== 'object' || body === null || !('events' in body)) return
      for (const one of body.events as readonly unknown[]) {
        if (!(one instanceof ToSeal)) continue
        const { id, body: said } = one.event
        must(host.disk.durable.has(id), () => `${said.type} ${id} leaves before it is durable`, aggregateOf(said))
      }
    },
    runs(host, running) {
      const threads = host.node.plan?.threads ?? 0
      must(running <= threads, () => `${running} tasks run on ${threads} threads`)
    },
    tookResults(host, job, stored, progress) {
      const most = host.node.jobs.get(job)?.spec.policy.maxFuel
      const used = fuelTold(host.node, job)
      must(most === undefined || used <= most, () => `${used} units of fuel are told, ${most} may be`, job)
      const { results, ends } = stored
      must(ends === results.size, () => `a task ended twice: ${ends} ends for ${results.size} results`, job)
      must(progress.done <= progress.total, () => `${progress.done} of ${progress.total} tasks are done`, job)
      must(progress.ok + progress.failed === progress.done, () => `ok and failed are not done`, job)
    },
    caught(_host, provider, code) {
      const liar = world.hostOf.get(provider)
      must(liar?.actor.isHonest !== true, () => `an honest provider's receipt was called wrong: ${code}`)
      caughtLiars.set(provider, code)
    },
    checked(job, { how, isRight, provider }) {
      const isSure = how === 'agreed' || how === 'known'
      must(!isSure || isRight, () => `a wrong result of ${provider.slice(-6)} was taken as ${how}`, job)
      if (isSure) agreedResults += 1
    },
    proven(provider) {
      must(world.hostOf.get(provider)?.actor.isHonest === false, () => 'an honest provider is said to be wrong')
      provenWrong.add(provider)
    },
    agreedResults: () => agreedResults,
    provenWrong,
    notReplayed(_host, { body }, code) {
      if (body.type.startsWith('market/proposal')) return // a thread that was forgotten in between says it again
      must(false, () => `a restart refuses ${body.type} of its own log: ${code}`, aggregateOf(body))
    },
    closing(host) {
      digests.set(host, digestOf(host))
    },
    opened(host) {
      const before = digests.get(host)
      if (before !== undefined) sameAfterRestore(host, before)
      money.restored(host)
    },
    explained: (error, at) => explained(world, error, at),
  }
}

export const aggregateOf = (body: AnyBody): string | undefined =>
  'agreement' in body ? String(body.agreement) : 'thread' in body && body.thread ? String(body.thread) : undefined
