import type { Checked } from '../../activity/checking.ts'
import { exitCodeOf } from '../../activity/frames.ts'
import type { Lane } from '../../activity/lanes.ts'
import type { WireResult } from '../../activity/messages.ts'
import type { Found } from '../../activity/rulings.ts'
import { createFindings } from '../../node/findings.ts'
import { marksIn } from '../../node/ranges.ts'
import { mayOthersJoin } from '../../node/requestor.ts'
import { digestOfRun } from '../../receipts/again.ts'
import { createChecking } from '../../receipts/checking.ts'
import type { Digest } from '../../receipts/digest.ts'
import { createKnownTasks } from '../../receipts/known.ts'
import { outputHash } from '../../receipts/merkle.ts'
import type { ReceiptBody } from '../../receipts/messages.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Did } from '../../wire/schema.ts'
import type { ResultCheck, StoredResult } from '../storage.port.ts'
import { createGathering, gathered } from './gathering.ts'
import { isNumbered } from './numbering.ts'
import type { RequestorPorts } from './runner.ts'

/** Whether others may join is looked up this often; an offer that came meanwhile is not missed for longer. */
const lookEveryMs = 500

/** How the answers of a job's tasks are compared: what is asked of them, and where those wait that are not enough yet. */
export type Comparing = NonNullable<ReturnType<typeof createComparing>>

/** @returns undefined for a job whose tasks end with their first answer */
export function createComparing({ node, shell, store, timers, now, report }: RequestorPorts, job: Cid) {
  const spec = node.jobs.get(job)?.spec
  const policy = spec?.policy.redundancy
  let inFlight: (provider: Did) => number = () => 0
  const findings = createFindings(node, job, {
    rng: unforeseen,
    ...marksIn(node),
    inFlight: (provider) => inFlight(provider),
  })
  const checking = policy && createChecking(policy, findings.providers)
  if (!checking) return undefined
  const answers = createGathering<StoredResult>((all) => store.addAnswers(job, all), { timers, ...gathered })
  let held: Promise<unknown> = Promise.resolve()
  let looked = { at: Number.NEGATIVE_INFINITY, mayJoin: true }

  function tell(isAll = false): void {
    for (const one of findings.news(now(), isAll)) void shell.input(one)
  }

  function awaits(more: Promise<unknown>): void {
    held = Promise.all([held, more.catch(() => {})])
  }

  return {
    checking,
    findings,
    known: isNumbered(spec) ? createKnownTasks(findings.providers) : undefined,
    /** Where it is seen how many tasks a provider has. */
    watch(lanes: ReadonlyMap<Cid, Lane>): void {
      inFlight = (provider) => heldBy(lanes.values(), provider)
    },
    /** Whoever asked for copies by name would rather wait for somebody to come. @param working providers that have the job now */
    mayOthersJoin(working: ReadonlySet<Did>): boolean {
      if (policy?.mode !== 'adaptive') return true
      const known = node.jobs.get(job)
      if (known && now() >= looked.at + lookEveryMs)
        looked = { at: now(), mayJoin: mayOthersJoin(node, known, { now: now(), working }) }
      return looked.mayJoin
    },
    digestOf,
    /** Keeps answers that wait for others. @returns when they are stored; rejects where the disk does not take them */
    hold(all: readonly StoredResult[]): Promise<void> {
      const stored = answers.add(all)
      awaits(stored)
      return stored
    },
    /** Answers that will come to the others: none of those is chosen before. */
    awaits,
    /** The result that a task came to, out of those that waited: the first of those who said it. */
    async chosen(index: number, { digest, agreed }: Checked): Promise<StoredResult | undefined> {
      answers.hurry()
      await held
      const all = (await store.answers(job, [index])).filter((one) => digestOf(one) === digest)
      return agreed.flatMap((provider) => all.find((one) => one.provider === provider) ?? [])[0] ?? all[0]
    },
    /** Their tasks have a result. */
    drop(indexes: readonly number[]): void {
      void held.then(() => store.dropAnswers(job, indexes)).catch(() => {}) // at the latest with the job
    },
    took: (receipt: Pick<ReceiptBody, 'activity' | 'cost' | 'taskCount'>, open: readonly number[]) =>
      findings.took(receipt, open),
    /** What an answer said of those who gave it and others: whoever was wrong is told of at once. */
    found(found: Found): void {
      findings.found(found)
      for (const peer of found.wrong)
        report({ code: 'wrong-result', phase: 'check', peer, message: 'Others came to another result.' })
      if (found.seen.some(({ wrong }) => wrong > 0)) tell()
    },
    asksForPay(activity: Cid): void {
      findings.asksForPay(activity)
      tell()
    },
    tell,
    flush: () => answers.hurry(),
  }
}

/** Tasks that a provider has now. */
function heldBy(lanes: Iterable<Lane>, provider: Did): number {
  let sum = 0
  for (const lane of lanes) if (lane.provider === provider) sum += lane.inFlight.size
  return sum
}

/** All that can be compared of a result, as it came or as it is stored. */
export function digestOf(result: WireResult | StoredResult, hash: Digest = outputHash(result)): string | undefined {
  const { status, fuel = 0n, hostUnits, error } = result
  return digestOfRun({ status, exitCode: exitCodeOf(result), outputHash: hash, fuel, hostUnits, code: error?.code })
}

/** The check as it stands beside a result, whose own provider is named first. */
export function checkOf({ digest: _digest, verdict: _verdict, ...checked }: Checked, provider: string): ResultCheck {
  const agreed = [...checked.agreed].sort((one, other) => Number(other === provider) - Number(one === provider))
  return { ...checked, agreed }
}

/** Whom it draws is looked at: nobody may foresee it. */
const unforeseen = {
  below(n: number): number {
    const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1))
    return drawn % n
  },
}
