import type { GalleryJob } from '../../../examples/gallery.ts'
import {
  type CorpusIndex,
  guessTasks,
  javascriptTasks,
  minifyTasks,
  pictureTasks,
  type SourceFile,
  searchTasks,
  type Text,
  wordsTasks,
} from '../../../examples/tasks.ts'
import type { SubmitRequest, TaskRequest } from '../../sdk/api.ts'
import { fetchBytes, fetchJson } from './load-gallery.ts'
import { linesOf, splitArguments } from './own-words.ts'
import { pictureParams, type Values } from './values.ts'

export type Prepared = {
  readonly request: Pick<SubmitRequest, 'name' | 'module' | 'tasks' | 'limits' | 'interactive'>
  /** Names of the files behind the tasks, in order; empty where tasks are no files. */
  readonly fileNames: readonly string[]
}

/** Turns a filled form into what `submit` takes. Throws with a code where an input cannot be loaded. */
export async function prepare(job: GalleryJob, values: Values, files: readonly SourceFile[]): Promise<Prepared> {
  const sourcesAndTasks = async () => {
    const sources = job.id === 'minify' ? await sourcesOf(job, files) : []
    return { sources, tasks: await tasksOf(job, values, sources) }
  }
  const [module, { sources, tasks }] = await Promise.all([
    fetchBytes(`/${job.module}`, 'module-not-fetched'),
    sourcesAndTasks(),
  ])
  return {
    request: { name: nameOf(job, values), module, tasks, limits: job.limits, interactive: job.result === 'terminal' },
    fileNames: sources.map(({ name }) => name),
  }
}

async function tasksOf(
  job: GalleryJob,
  values: Values,
  sources: readonly SourceFile[],
): Promise<Iterable<TaskRequest>> {
  switch (job.id) {
    case 'picture':
      return pictureTasks(pictureParams(values))
    case 'minify':
      return minifyTasks({ files: sources, target: targetOf(values) })
    case 'search':
      return searchTasks({
        text: await corpusOf(job),
        pattern: String(values['pattern']),
        anyCase: values['anyCase'] === true,
        wholeWords: values['wholeWords'] === true,
      })
    case 'words':
      return wordsTasks({ text: await corpusOf(job) })
    case 'guess':
      return guessTasks({ most: Number(values['most']), seed: anySeed() })
    case 'javascript':
      return javascriptTasks({
        script: String(values['script']),
        given: linesOf(String(values['lines'])).map(splitArguments),
      })
  }
}

function nameOf(job: GalleryJob, values: Values): string {
  if (job.id === 'search') return `${job.title}: ${String(values['pattern'])}`
  return job.id === 'picture' ? `${job.title}: ${pictureParams(values).scene}` : job.title
}

function targetOf(values: Values): 'es2017' | 'es2020' | 'es2022' {
  const target = values['target']
  return target === 'es2017' || target === 'es2020' ? target : 'es2022'
}

const sourcesOf = async (job: GalleryJob, files: readonly SourceFile[]): Promise<readonly SourceFile[]> =>
  files.length > 0
    ? files
    : Promise.all(
        job.inputs.map(async ({ path }) => ({
          name: path.slice(path.lastIndexOf('/') + 1),
          bytes: await fetchBytes(`/${path}`),
        })),
      )

/** Another number each time. */
const anySeed = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 1_000_000_000

/** The index names its text beside itself. */
async function corpusOf({ inputs }: GalleryJob): Promise<Text> {
  const path = inputs[0]?.path ?? ''
  const index = await fetchJson<CorpusIndex>(`/${path}`)
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  return { bytes: await fetchBytes(`/${folder}${index.file}`), chapters: index.chapters }
}
