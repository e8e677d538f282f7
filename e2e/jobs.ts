import { availableParallelism } from 'node:os'
import type { JobSummary, ProvideOptions, SubmitRequest, TaskRequest } from '../src/sdk/api.ts'
import type { Tab } from './harness.ts'

/** A job as a journey writes it: the module by its address on the page's server, or as bytes. */
export type Wanted = Omit<SubmitRequest, 'module' | 'tasks'> & {
  readonly module: string | Uint8Array
  readonly tasks: readonly TaskRequest[]
}

/** What a result says, with its bytes as text. */
export type Told = {
  readonly index: number
  readonly status: 'ok' | 'failed'
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly provider: string
  readonly receipt: string | undefined
  readonly error: string | undefined
  /** When this reading came to it, ms of the tab's own clock. */
  readonly atMs: number
}

/** @returns the job's id, once the node knows of the job or has refused it */
export async function submit(tab: Tab, { module, ...wanted }: Wanted): Promise<string> {
  const source = typeof module === 'string' ? module : [...module]
  const job = await tab.mesh(
    async (mesh, { source, wanted }) => {
      const bytes = typeof source === 'string' ? await (await fetch(source)).arrayBuffer() : source
      return mesh.submit({ ...wanted, module: new Uint8Array(bytes) }).id as string
    },
    { source, wanted },
  )
  await tab.until((mesh, job) => mesh.job(job) !== undefined, job)
  return job
}

/** Every result from the first, in the order of completion, until the job ends. */
export const resultsOf = (tab: Tab, job: string): Promise<Told[]> => read(tab, job, Number.POSITIVE_INFINITY)

/** The first `count` results, as soon as they are there. */
export const firstResults = (tab: Tab, job: string, count: number): Promise<Told[]> => read(tab, job, count)

function read(tab: Tab, job: string, most: number): Promise<Told[]> {
  return tab.mesh(
    async (mesh, { job, most }) => {
      const text = new TextDecoder()
      const told: Told[] = []
      for await (const one of mesh.job(job)?.results() ?? []) {
        const { index, status, exitCode, provider, receipt, error } = one
        const [stdout, stderr] = [text.decode(one.stdout), text.decode(one.stderr)]
        told.push({
          index,
          status,
          exitCode,
          stdout,
          stderr,
          provider,
          receipt,
          error: error?.code,
          atMs: performance.now(),
        })
        if (told.length >= most) break
      }
      return told
    },
    { job, most },
  )
}

export const summaryOf = (tab: Tab, job: string): Promise<JobSummary> =>
  tab.mesh(async (mesh, job) => mesh.job(job)!.done, job)

/** The same program with the same rounds, so often: what a second's work is on one machine is three on another. */
export const spins = (count: number, rounds: number): TaskRequest[] =>
  Array.from({ length: count }, () => ({ args: [String(rounds)] }))

/** Tasks enough for a story to happen in the middle of them, on a machine with however many cores. */
export const midJobTasks = 30 * availableParallelism()

/** What `bench-spin` answers, computed here: its xorshift from its seed. */
export function spun(rounds: number): string {
  const mask = (1n << 64n) - 1n
  let state = 0x9e3779b97f4a7c15n
  for (let i = 0; i < rounds; i++) {
    state ^= (state << 13n) & mask
    state ^= state >> 7n
    state ^= (state << 17n) & mask
  }
  return `${state.toString(16).padStart(16, '0')}\n`
}

/** The longest that whoever read these waited between two of them, ms. */
export const longestStallMs = (told: readonly Told[]): number =>
  told.reduce((longest, { atMs }, i) => Math.max(longest, atMs - (told[i - 1]?.atMs ?? atMs)), 0)

export const indexesOf = (told: readonly Told[]): number[] => told.map(({ index }) => index).sort((a, b) => a - b)
export const countTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** Two tabs that can reach each other directly, or more. */
export const meet = async (tab: Tab, peers = 1): Promise<void> =>
  tab.mesh((mesh, peers) => mesh.ready({ peers, timeoutMs: 30_000 }), peers)

export const donate = (tab: Tab, options: Parameters<typeof provideIn>[1] = {}): Promise<void> =>
  provideIn(tab, options)

const provideIn = (tab: Tab, options: Pick<ProvideOptions, 'cpuShare' | 'pricing'>): Promise<void> =>
  tab.mesh(async (mesh, options) => {
    await mesh.provide({ cpuShare: 1, ...options })
  }, options)
