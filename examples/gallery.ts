import type { JobTask } from './tasks.ts'

/** What public/jobs/jobs.json holds: all that a page must know to show, ask for and run a ready-made job. */
export type Gallery = { readonly version: 1; readonly jobs: readonly GalleryJob[] }

export type GalleryJob = {
  readonly id: 'picture' | 'minify' | 'search' | 'words' | 'guess' | 'javascript'
  readonly title: string
  /** One sentence in plain words. */
  readonly description: string
  /** Path from the page's root, like every path here. */
  readonly module: string
  /** What a person wants to look at: a picture that grows, files to download, found lines, a sorted table, a conversation, what each task printed. */
  readonly result: 'picture' | 'files' | 'lines' | 'table' | 'terminal' | 'text'
  readonly previews: readonly string[]
  /** Inputs that come with the page. */
  readonly inputs: readonly GalleryInput[]
  readonly parameters: readonly Parameter[]
  /** How many tasks the defaults make. */
  readonly suggestedTasks: number
  readonly limits: { readonly memoryMb: number; readonly timeoutMs: number; readonly outputBytes: number }
  /** What a provider learns by computing it. */
  readonly providersRead: string
}

export type GalleryInput = { readonly path: string; readonly title: string; readonly licence: string }

export type Parameter = { readonly name: string; readonly label: string; readonly help?: string } & (
  | { readonly type: 'choice'; readonly default: string; readonly choices: readonly Choice[] }
  | {
      readonly type: 'integer'
      readonly default: number
      readonly min: number
      readonly max: number
      readonly step?: number
    }
  | {
      readonly type: 'text'
      readonly default: string
      readonly minLength: number
      readonly maxLength: number
      /** Of a text of several lines, how many are in sight. */
      readonly rows?: number
    }
  | { readonly type: 'flag'; readonly default: boolean }
  /** Own files in place of the inputs that come with the page. */
  | { readonly type: 'files'; readonly accept: string; readonly maxFiles: number; readonly maxFileBytes: number }
)

export type Choice = { readonly value: string; readonly label: string }

/** A job as it is handed to whoever runs it. */
export type PreparedJob = { readonly job: GalleryJob; readonly tasks: Iterable<JobTask> }

/** The gallery's own values for a form that nobody has touched yet. */
export function defaultsOf(job: GalleryJob): Readonly<Record<string, string | number | boolean>> {
  const values = job.parameters.flatMap((parameter) =>
    parameter.type === 'files' ? [] : [[parameter.name, parameter.default] as const],
  )
  return Object.fromEntries(values)
}
