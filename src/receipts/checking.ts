import type { Answer, Checked, Checking, Ended, Ruling, Seen } from '../activity/checking.ts'
import type { Did } from '../wire/schema.ts'
import { type Answers, type Consensus, consensusOf, type Given, grouped } from './consensus.ts'
import { checkPpm, millionth, type Redundancy } from './redundancy.ts'
import { weightOf } from './weights.ts'

/** What a checking is told of the providers. */
export type Providers = {
  /** Consecutive valid checked results of the job's runtime and price class, as of now. */
  trackOf(provider: Did): number
  /** Owner, address range: two providers that share one are not independent. */
  marksOf(provider: Did): readonly string[]
  /** Tasks of this job that it has, or has done and is not paid for yet. */
  heldTasks(provider: Did): number
  /** Whether a task of this job costs four times the median of what tasks cost so far. */
  readonly isDear: boolean
  /** The requestor's own machine: what it says is known. */
  isOwn?(provider: Did): boolean
  /** Of a kind that providers cannot guess: what it draws is whom is looked at. */
  readonly rng: { below(n: number): number }
}

type Copy = { readonly provider: Did; readonly weight: number }

/** Copies that are out, and answers; kept until the last copy of an ended task is back. */
type Task = {
  asked: number
  out: Copy[]
  given: Given[]
  groups: readonly Answers['groups'][number][]
  ended: Checked | undefined
}

const noTask: Task = { asked: 1, out: [], given: [], groups: [], ended: undefined }

/** Bidding ends within this where the default says how sure to be; who asks for more by name would rather wait. */
const patienceMs = { adaptive: 3_000, other: 10_000 }

/** CK1: the checking of a job's answers; none where a task ends with its first answer. Witnesses look at results that ended once. */
export function createChecking(policy: Redundancy, providers: Providers): Checking | undefined {
  const consensus = consensusOf(policy)
  return consensus && checkingBy(consensus, policy, providers)
}

function checkingBy(consensus: Consensus, policy: Redundancy, providers: Providers): Checking {
  const tasks = new Map<number, Task>()
  /** In eighths: what providers that were asked weigh of late, and so what the next is supposed to. */
  let weightEighths = 8 * weightOf(0)

  function taskOf(index: number): Task {
    const known = tasks.get(index)
    if (known) return known
    const task: Task = { asked: 1, out: [], given: [], groups: [], ended: undefined }
    tasks.set(index, task)
    return task
  }

  /** CK2: the strictest draw of all who had a copy counts, so that giving a task back wins nothing. */
  function draw(task: Task, provider: Did): void {
    if (policy.mode !== 'adaptive' || task.asked > 1 || providers.isOwn?.(provider)) return
    const { isDear } = providers
    const ppm = checkPpm({ track: providers.trackOf(provider), held: providers.heldTasks(provider), isDear })
    if (providers.rng.below(millionth) < ppm) task.asked = 2
  }

  const answersOf = ({ groups, given, asked }: Task): Answers => ({ groups, count: given.length, asked })

  function wanted(task: Task): number {
    if (task.ended) return 0
    const out = task.out.map(({ weight }) => weight)
    const more = consensus.more(answersOf(task), out, Math.floor(weightEighths / 8))
    return Math.max(0, Math.min(more, consensus.mostCopies - task.given.length - out.length))
  }

  /** CK4: never two copies with one provider, one owner, or one address range. */
  function areIndependent(one: Did, other: Did): boolean {
    if (one === other) return false
    const marks = providers.marksOf(other)
    return marks.length === 0 || !providers.marksOf(one).some((mark) => marks.includes(mark))
  }

  function ended(index: number, task: Task, how: Checked['how']): Ended {
    const [best, ...others] = task.groups
    const members = best?.members ?? []
    const isProven = how === 'known' || (how === 'agreed' && members.length > 1)
    const agreed = members.map(({ provider }) => provider)
    const wrong = isProven ? others.flatMap((group) => group.members.map(({ provider }) => provider)) : []
    const verdict = members[0]?.verdict ?? 'failed'
    const { faultPpm } = consensus
    const isSure = how === 'agreed' || how === 'single'
    const checked: Checked = {
      how,
      digest: best?.digest ?? '',
      verdict,
      agreed,
      wrong,
      ...(faultPpm !== undefined && isSure && { faultPpm }),
    }
    task.ended = checked
    if (task.out.length === 0) tasks.delete(index)
    return { type: 'ended', checked, seen: isProven ? seenBy(checked) : [] }
  }

  /** CK5: only answers that were compared raise a track; the requestor's own is nobody's. */
  function seenBy({ agreed, wrong }: Checked): readonly Seen[] {
    const right = agreed.filter((provider) => !providers.isOwn?.(provider))
    return [
      ...right.map((provider) => ({ provider, verified: 1, wrong: 0 })),
      ...wrong.map((provider) => ({ provider, verified: 0, wrong: 1 })),
    ]
  }

  /** An answer behind the end of its task. */
  function late(index: number, task: Task, checked: Checked, answer: Answer): Ruling {
    const { provider, digest } = answer
    const isRight = digest === checked.digest
    const isFinal = checked.how === 'unverified' || policy.mode === 'quorum'
    if (isFinal && checked.how !== 'agreed') {
      if (task.out.length === 0) tasks.delete(index)
      return { type: 'ignored' }
    }
    if (checked.how === 'single' && !isRight) {
      task.ended = undefined
      task.asked = 2
      take(task, answer)
      return { type: 'doubted' }
    }
    if (task.out.length === 0) tasks.delete(index)
    const first = checked.how === 'single' ? checked.agreed : []
    if (checked.how === 'single') task.ended = { ...checked, how: 'agreed', agreed: [...checked.agreed, provider] }
    return {
      type: 'late',
      seen: seenBy({ ...checked, agreed: isRight ? [...first, provider] : [], wrong: isRight ? [] : [provider] }),
    }
  }

  function take(task: Task, answer: Answer): void {
    task.given.push({ ...answer, weight: weightOf(providers.trackOf(answer.provider)) })
    task.groups = grouped(task.given, policy.mode === 'confidence')
  }

  function ruling(index: number, task: Task): Ruling {
    if (consensus.isReached(answersOf(task))) {
      const isAlone = (task.groups[0]?.members.length ?? 0) === 1
      return ended(index, task, isAlone ? 'single' : 'agreed')
    }
    // As many were asked as may be, and all have answered.
    if (task.out.length === 0 && wanted(task) === 0) return settled(index, task)
    return { type: 'open' }
  }

  const settled = (index: number, task: Task): Ended =>
    ended(index, task, consensus.isReachedAtLast(answersOf(task)) ? 'agreed' : 'unverified')

  return {
    patienceMs: policy.mode === 'adaptive' ? patienceMs.adaptive : patienceMs.other,
    handed(index, provider) {
      const task = taskOf(index)
      const weight = weightOf(providers.trackOf(provider))
      task.out.push({ provider, weight })
      weightEighths += weight - Math.floor(weightEighths / 8)
      draw(task, provider)
    },
    dropped(index, provider) {
      const task = tasks.get(index)
      if (!task) return
      withdraw(task, provider)
      if (task.ended && task.out.length === 0) tasks.delete(index)
    },
    copiesWanted: (index) => wanted(tasks.get(index) ?? noTask),
    mayHave(index, provider) {
      const task = tasks.get(index)
      if (!task) return true
      return (
        task.out.every((copy) => areIndependent(provider, copy.provider)) &&
        task.given.every((one) => areIndependent(provider, one.provider))
      )
    },
    answered(index, answer) {
      const task = taskOf(index)
      const { provider } = answer
      if (!withdraw(task, provider)) draw(task, provider)
      if (!task.given.every((one) => areIndependent(provider, one.provider))) {
        if (task.ended && task.out.length === 0) tasks.delete(index)
        return { type: 'ignored' }
      }
      if (task.ended) return late(index, task, task.ended, answer)
      take(task, answer)
      if (!providers.isOwn?.(provider)) return ruling(index, task)
      const own = task.groups.find(({ digest }) => digest === answer.digest)!
      task.groups = [own, ...task.groups.filter((group) => group !== own)]
      return ended(index, task, 'known')
    },
    settle(index) {
      const task = tasks.get(index)
      return task && !task.ended && task.given.length > 0 ? settled(index, task) : undefined
    },
    distrust(provider) {
      const struck: number[] = []
      for (const [index, task] of tasks) {
        if (task.ended || !task.given.some((one) => one.provider === provider)) continue
        task.given = task.given.filter((one) => one.provider !== provider)
        task.groups = grouped(task.given, policy.mode === 'confidence')
        struck.push(index)
      }
      return struck
    },
    review(index) {
      const task = tasks.get(index)
      return task && !task.ended && task.given.length > 0 ? ruling(index, task) : { type: 'open' }
    },
    reopen: (index) => void tasks.delete(index),
    isOpen(index) {
      const task = tasks.get(index)
      return task !== undefined && !task.ended && task.given.length > 0
    },
  }
}

/** @returns whether it had a copy */
function withdraw(task: Task, provider: Did): boolean {
  const at = task.out.findIndex((copy) => copy.provider === provider)
  if (at < 0) return false
  task.out.splice(at, 1)
  return true
}
