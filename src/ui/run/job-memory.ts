import type { GalleryJob } from '../../../examples/gallery.ts'
import { setBounded } from '../../kernel/bound.ts'
import type { SubmitRequest } from '../../sdk/api.ts'
import { recall, remember } from '../app/memory.ts'
import type { Values } from './values.ts'

/** What this page must know of a job to show its results as people would look at them; kept over reloads. */
export type JobMemory = {
  readonly kind: GalleryJob['id'] | 'own'
  readonly values: Values
  readonly fileNames: readonly string[]
  /** How sure, who goes first, who reads it. */
  readonly wishes?: Values | undefined
}

/** A job's memory takes up to 50 KB with a thousand file names; the browser gives 5 MB. */
const mostJobs = 40
const mostNames = 1_000
const key = 'jobs'

export function rememberJob(id: string, { kind, values, fileNames, wishes }: JobMemory): void {
  const others = entries().filter(([other]) => other !== id)
  const memory: JobMemory = { kind, values, fileNames: fileNames.slice(0, mostNames), wishes }
  remember('device', key, [...others, [id, memory]].slice(-mostJobs))
}

export const recallJob = (id: string): JobMemory | undefined => entries().find(([other]) => other === id)?.[1]

function entries(): readonly (readonly [string, JobMemory])[] {
  const found = recall('device', key)
  return Array.isArray(found) ? found.filter(isEntry) : []
}

const isEntry = (entry: unknown): entry is readonly [string, JobMemory] =>
  Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1]?.kind === 'string' && 'values' in entry[1]

/** How to ask for the same again, while this page stays open: a list that was typed in is not kept on the disk. */
export type Again = () => Promise<{ request: SubmitRequest; memory: JobMemory }>
/** Five: a list of large files each. */
const mostAgain = 5
const again = new Map<string, Again>()
export const keepAgain = (id: string, how: Again): void => setBounded(again, id, how, mostAgain)
export const howAgain = (id: string): Again | undefined => again.get(id)
