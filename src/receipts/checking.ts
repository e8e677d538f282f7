import type { Answer, Checked, Checking, Ended, Ruling, Seen } from '../activity/checking.ts'
import type { Did } from '../wire/schema.ts'
import { type Answers, type Consensus, consensusOf, type Given, grouped } from './consensus.ts'
import { areIndependent, type Marks } from './independent.ts'
import { checkPpm, millionth, type Redundancy } from './redundancy.ts'
import { createSampling } from './sampling.ts'
import { weightOf } from './weights.ts'

/** What a checking is told of the providers. */
export type Providers = Marks & {
  /** Consecutive valid checked results of the job's runtime and price class, as of now. */
  trackOf(provider: Did): number
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
  /** Of whom was told that they were right, or wrong. */
  right: Did[]
  wrong: Did[]
}

const newTask = (): Task => ({ asked: 1, out: [], given: [], groups: [], ended: undefined, right: [], wrong: [] })
const noTask = newTask()

/** Bidding ends within this where the default says how sure to be; who asks for more by name would rather wait. */
const patienceMs = { adaptive: 3_000, other: 10_000 }

/** CK1: the checking of a job's answers; none where a task ends with its first answer. */
export function createChecking(policy: Redundancy, providers: Providers): Checking | undefined {
  const consensus = consensusOf(policy)
  return consensus && checkingBy(consensus, policy, providers)
}

function checkingBy(consensus: Consensus, policy: Redundancy, providers: Providers): Checking {
  const tasks = new Map<number, Task>()
  const isDrawn = policy.mode === 'witnessed' ? createSampling(policy.samplePermille, providers.rng) : undefined
  /** In eighths: what providers that were asked weigh of late, and so what the next is supposed to. */
  let weightEighths = 8 * weightOf(0)

  function taskOf(index: number): Task {
    const known = tasks.get(index)
    if (known) return known
    const task = newTask()
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

  function ended(index: number, task: Task, how: Checked['how']): Ended {
    const [best] = task.groups
    const { faultPpm } = consensus
    const isSure = how === 'agreed' || how === 'single'
    task.ended = {
      how,
      digest: best?.digest ?? '',
      verdict: best?.members[0]?.verdict ?? 'failed',
      agreed: best?.members.map(({ provider }) => provider) ?? [],
      wrong: [],
      ...(faultPpm !== undefined && isSure && { faultPpm }),
    }
    const seen = judged(task, task.ended)
    const checked = task.ended
    if (task.out.length === 0) tasks.delete(index)
    return { type: 'ended', checked, seen }
  }

  /** CK5: only answers that were compared say anything; each is told once. The requestor's own is nobody's. */
  function judged(task: Task, checked: Checked): readonly Seen[] {
    const agreed = task.groups.find(({ digest }) => digest === checked.digest)?.members ?? []
    const isProven = checked.how === 'known' || (checked.how === 'agreed' && agreed.length >= consensus.leastProof)
    const others = isProven ? task.given.filter(({ digest }) => digest !== checked.digest) : []
    const wrong = others.map(({ provider }) => provider)
    task.ended = { ...checked, agreed: agreed.map(({ provider }) => provider), wrong }
    if (!isProven) return []
    const right = task.ended.agreed.filter((one) => !task.right.includes(one) && !providers.isOwn?.(one))
    const newlyWrong = wrong.filter((one) => !task.wrong.includes(one))
    task.right.push(...right)
    task.wrong.push(...newlyWrong)
    return [
      ...right.map((provider) => ({ provider, verified: 1, wrong: 0 })),
      ...newlyWrong.map((provider) => ({ provider, verified: 0, wrong: 1 })),
    ]
  }

  /** CK8: an answer behind the end of its task: with it, the task might not have ended. */
  function late(index: number, task: Task, checked: Checked, answer: Answer): Ruling {
    if (checked.how !== 'unverified') take(task, answer)
    const mayDoubt = policy.mode !== 'quorum' && (checked.how === 'single' || checked.how === 'agreed')
    if (mayDoubt && !consensus.isReached(answersOf(task))) {
      task.ended = undefined
      task.asked = 2
      return { type: 'doubted' }
    }
    const isConfirmed = checked.how === 'single' && policy.mode !== 'quorum'
    const seen = judged(task, isConfirmed ? { ...checked, how: 'agreed' } : checked)
    if (task.out.length === 0) tasks.delete(index)
    return seen.length > 0 ? { type: 'late', seen, checked: task.ended ?? checked } : { type: 'ignored' }
  }

  function take(task: Task, answer: Answer): void {
    const { provider, digest, verdict } = answer
    task.given.push({ provider, digest, verdict, weight: weightOf(providers.trackOf(provider)) })
    // As long as all agree, their group is all that were given.
    const isOfAll = task.groups.length === 1 && task.groups[0]?.digest === digest
    if (!isOfAll) task.groups = grouped(task.given, policy.mode === 'confidence')
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
        task.out.every((copy) => areIndependent(providers, provider, copy.provider)) &&
        task.given.every((one) => areIndependent(providers, provider, one.provider))
      )
    },
    sample(indexes, provider) {
      if (policy.mode !== 'witnessed' || !isDrawn) return
      const isFresh = ({ ended, given }: Task): boolean => !ended && given.length === 0
      const fresh = indexes.filter((index) => isFresh(tasks.get(index) ?? noTask))
      for (const index of fresh) if (isDrawn(provider)) taskOf(index).asked = 1 + policy.witnesses
    },
    answered(index, answer) {
      const task = taskOf(index)
      const { provider } = answer
      if (!withdraw(task, provider)) draw(task, provider)
      if (!task.given.every((one) => areIndependent(providers, provider, one.provider))) {
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
    close(index) {
      const task = tasks.get(index)
      if (task) ended(index, task, 'unverified')
    },
    reopen(index) {
      const { out } = tasks.get(index) ?? noTask
      tasks.delete(index)
      // Whoever has a copy is not handed another: what it answers counts.
      if (out.length > 0) tasks.set(index, { ...newTask(), out })
    },
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
