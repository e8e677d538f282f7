import { ConsoleStdout, WASI } from '@bjorn3/browser_wasi_shim'
import type { OutputStream } from '../../activity/live.ts'
import type { Content, PlacedInput, TaskLimits, TaskPlace } from '../../activity/task.ts'
import { type GuestTree, guestTree, inputFile } from './guest-files.ts'
import type { GuestTalk } from './guest-live.ts'
import { charge, Growing, type OutputBudget } from './guest-output.ts'
import type { Reach } from './guest-reach.ts'
import { newRemarks, type Remarks } from './guest-remarks.ts'
import { type HostUnits, newUnits } from './guest-units.ts'
import { machineWorld, seededWorld, type World } from './guest-world.ts'

/** What one task's calls share. */
export type GuestState = {
  readonly wasi: WASI
  readonly args: readonly string[]
  /** Bytes that arguments and variables take, each with its end. */
  readonly given: { readonly arguments: number; readonly variables: number }
  readonly world: World
  readonly units: HostUnits
  readonly remarks: Remarks
  readonly place: TaskPlace
  /** In the order in which the job declared them. */
  readonly contents: readonly Content[]
  /** Where its provider fetches for it. */
  readonly reach: Reach | undefined
  /** Told how far the program says that it is. */
  progress(permille: number): void
  /** Set once the task must end: a program that catches the exception gets it again at its next call. */
  ending: Error | undefined
}

/** One task as its thread is given it. */
export type GuestTask = {
  readonly input: PlacedInput
  readonly limits: Omit<TaskLimits, 'timeoutMs'>
  readonly contents?: readonly Content[]
  progress?(permille: number): void
  readonly reach?: Reach | undefined
}

/** What a task may write into, beside what its calls share. */
export type GuestHost = {
  readonly state: GuestState
  readonly budget: OutputBudget
  readonly stdout: Growing
  readonly stderr: Growing
  readonly tree: GuestTree
}

const utf8 = new TextEncoder()
const sizeOf = (strings: readonly string[]): number =>
  strings.reduce((sum, text) => sum + utf8.encode(text).length + 1, 0)

/** Everything around one task: its files and streams, its clocks and chance, what it may still spend. @param talk where somebody listens */
export function newHost(
  { input, limits, contents = [], progress = () => {}, reach }: GuestTask,
  talk?: GuestTalk,
): GuestHost {
  const { place = { job: '', index: 0 } } = input
  const budget: OutputBudget = { left: limits.outputBytes, over: false }
  const stdout = new Growing()
  const stderr = new Growing()
  const tree = guestTree(input.files, budget)
  const args = ['program', ...input.args]
  // In one order, whoever sends them: a program sees it.
  const env = Object.keys(input.env)
    .sort()
    .map((name) => `${name}=${input.env[name]}`)
  const out = (name: OutputStream, into: Growing) => stream(into, budget, talk && ((bytes) => talk.wrote(name, bytes)))
  const fds = [talk?.input ?? inputFile(input.stdin), out('stdout', stdout), out('stderr', stderr), tree.root]
  const state: GuestState = {
    wasi: new WASI(args, env, fds, { debug: false }), // undefined would print every call
    args,
    given: { arguments: sizeOf(args), variables: sizeOf(env) },
    world: limits.seed ? seededWorld(limits.seed, place.index) : machineWorld(fillRandom),
    units: newUnits(limits.hostUnits),
    remarks: newRemarks(),
    place,
    contents,
    reach,
    progress,
    ending: undefined,
  }
  return { state, budget, stdout, stderr, tree }
}

/** Kept from before the worker is disarmed: without it the shim would fall back to Math.random, in silence. */
const fillRandom = crypto.getRandomValues.bind(crypto)

const stream = (into: Growing, budget: OutputBudget, listen?: (bytes: Uint8Array) => void): ConsoleStdout =>
  new ConsoleStdout((bytes) => {
    charge(budget, bytes.length)
    into.append(bytes)
    listen?.(bytes)
  })
