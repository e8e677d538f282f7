import type { Checked } from '../activity/checking.ts'
import { exitCodeOf, verdictOf } from '../activity/frames.ts'
import type { WireResult } from '../activity/messages.ts'
import type { Answered, Found, Settled } from '../activity/rulings.ts'
import type { Schedule } from '../activity/schedule.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { createFindings } from '../node/findings.ts'
import { mayOthersJoin } from '../node/requestor.ts'
import { digestOfRun } from '../receipts/again.ts'
import { createChecking } from '../receipts/checking.ts'
import { outputHash } from '../receipts/merkle.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import { type HeldAnswer, type SimResult, storedJob } from './disk.ts'
import { taskOf } from './plane-results.ts'
import type { Host } from './shell.ts'

/** How answers are compared, as adapters/plane/comparing.ts does it. */
export type SimComparing = NonNullable<ReturnType<typeof createComparing>>

export function createComparing(host: Host, job: Cid) {
  const policy = host.node.jobs.get(job)?.spec.policy.redundancy
  let inFlight: (provider: Did) => number = () => 0
  const findings = createFindings(host.node, job, {
    rng: host.rng,
    marksOf: () => [],
    inFlight: (provider) => inFlight(provider),
  })
  const checking = policy && createChecking(policy, findings.providers)
  if (!checking) return undefined
  const stored = storedJob(host.disk, job)

  function tell(isAll = false): void {
    for (const one of findings.news(host.world.now, isAll)) host.input(one)
  }

  /** What was found of providers is told, and what rested on the word of a wrong one is taken back. */
  function learn({ seen, wrong, reopened }: Found): void {
    findings.found({ seen, wrong, reopened })
    for (const provider of wrong) host.world.checks.proven(provider)
    for (const index of reopened) {
      const before = stored.results.get(index)
      if (!before) continue
      stored.results.delete(index)
      stored.ends -= 1
    }
    if (wrong.length > 0) tell()
  }

  function end(index: number, result: SimResult, checked: Checked | undefined): void {
    stored.ends += 1
    stored.results.set(index, { ...result, how: checked?.how })
    host.world.checks.checked(job, { ...result, how: checked?.how })
    for (const [key, held] of stored.held) if (held.index === index) stored.held.delete(key)
  }

  return {
    checking,
    findings,
    learn,
    tell,
    watch(lanes: Schedule['lanes']): void {
      inFlight = (provider) =>
        [...lanes.values()].reduce((sum, lane) => sum + (lane.provider === provider ? lane.inFlight.size : 0), 0)
    },
    mayOthersJoin(working: ReadonlySet<Did>): boolean {
      const known = host.node.jobs.get(job)
      if (!known || policy?.mode !== 'adaptive') return true
      return mayOthersJoin(host.node, known, { now: host.now(), working })
    },
    /** Takes what became of an answer. */
    took(result: WireResult, { type, checked, found }: Answered, from: { provider: Did; receipt: Cid }): void {
      const { index, status } = result
      const digest = digestOf(result) ?? ''
      const told: SimResult = { status, ...from, isRight: isRight(result) }
      if (type === 'held')
        stored.held.set(`${index} ${from.provider}`, { ...told, index, digest, verdict: said(result) })
      else findings.ended(index)
      if (type === 'ended') {
        if (!checked || checked.digest === digest) end(index, told, checked)
        else this.settled([{ index, answered: { type, checked } }])
      }
      if (found) learn(found)
    },
    /** Tasks that ended with an answer that waited here. */
    settled(tasks: readonly Settled[]): void {
      for (const { index, answered } of tasks) {
        const { checked, found } = answered
        findings.ended(index)
        const right = [...stored.held.values()].find((one) => one.index === index && one.digest === checked?.digest)
        if (checked && right) end(index, right, checked)
        if (found) learn(found)
      }
    },
    /** SC17: answers of an earlier life of this tab. */
    recall(schedule: Schedule): void {
      for (const id of host.node.links.get(job)?.activities ?? []) {
        const provider = host.node.activities.get(id)?.provider
        const own = [...stored.held.values()].filter((one) => one.provider === provider).map(({ index }) => index)
        findings.restored(id, own)
      }
      for (const held of [...stored.held.values()]) {
        const { index, provider, digest, verdict } = held
        const answered = schedule.recall(index, { provider, digest, verdict }, host.world.now)
        if (answered.type === 'ended') this.settled([{ index, answered }])
      }
    },
  }
}

const said = (result: WireResult): HeldAnswer['verdict'] => {
  const verdict = verdictOf(result)
  return verdict === 'again' ? 'failed' : verdict
}

export function digestOf(result: WireResult): string | undefined {
  const { status, fuel, hostUnits, error } = result
  const run = { status, exitCode: exitCodeOf(result), outputHash: outputHash(result), fuel, hostUnits }
  return digestOfRun({ ...run, code: error?.code })
}

export const isRight = ({ index, status, stdout }: WireResult): boolean =>
  status === 'ok' && equalBytes(stdout, taskOf(index).stdin)
