import type { Refusal } from '../../kernel/result.ts'
import type { StageInputRequest, StageRequest, WorkflowRequest } from '../../sdk/api-workflows.ts'
import { draftOf } from '../../sdk/workflow-request.ts'
import { fetchBytes } from '../run/load-gallery.ts'

export type StageKind = NonNullable<StageRequest['kind']>
/** A program that comes with the page, by its path, or a person's own file. */
export type DraftProgram = { readonly path: string } | { readonly file: File }
export type DraftFile = { readonly key: string; readonly sizeBytes?: number; readonly content: { path: string } | File }
export type DraftInput = {
  readonly n: number
  /** `file:` or `stage:` and the name. */
  readonly source: string
  readonly where: 'stdin' | 'file' | 'folder'
  readonly name: string
  /** As it was typed; empty: whole. */
  readonly lines: string
  /** Of a stage: the path of a file that it writes; empty: its standard output. */
  readonly output: string
}
export type DraftStage = {
  readonly n: number
  readonly id: string
  readonly kind: StageKind
  readonly program: DraftProgram | undefined
  /** One a line. */
  readonly args: string
  readonly fanIn: string
  readonly inputs: readonly DraftInput[]
}
export type Draft = {
  readonly name: string
  readonly files: readonly DraftFile[]
  readonly stages: readonly DraftStage[]
}

/** The programs of the page that read and write text, by what they do. */
export const programs: readonly { readonly path: string; readonly title: string }[] = [
  { path: '/jobs/words.wasm', title: 'Count words' },
  { path: '/jobs/merge.wasm', title: 'Add up tables' },
  { path: '/jobs/search.wasm', title: 'Find lines' },
]

/** What is left of a number as it is typed. */
export const digits = (typed: string): string => typed.replace(/\D/g, '').slice(0, 7)

let last = 0
/** A number that tells one entry of a list from another, whatever they are called. */
export const newNumber = (): number => {
  last += 1
  return last
}

export const newInput = (told: Partial<DraftInput> = {}): DraftInput => ({
  n: newNumber(),
  source: '',
  where: 'stdin',
  name: '',
  lines: '',
  output: '',
  ...told,
})
export const newStage = (told: Partial<DraftStage> = {}): DraftStage => ({
  n: newNumber(),
  id: '',
  kind: 'single',
  program: undefined,
  args: '',
  fanIn: '',
  inputs: [newInput()],
  ...told,
})
export const emptyDraft = (): Draft => ({ name: 'My workflow', files: [], stages: [newStage({ id: 'first' })] })

/** Counts the words of a book in pieces and adds them up in two rounds; beside it, counts those that stand in a line with a whale. */
export function exampleDraft(): Draft {
  const stage = (id: string, kind: StageKind, program: number, inputs: DraftInput[], told: Partial<DraftStage> = {}) =>
    newStage({ id, kind, program: { path: programs[program]!.path }, inputs, ...told })
  const book = (lines: string) => newInput({ source: 'file:moby-dick.txt', lines })
  return {
    name: 'A whale of a book',
    files: [{ key: 'moby-dick.txt', sizeBytes: 1_215_473, content: { path: '/jobs/corpus/moby-dick.txt' } }],
    stages: [
      stage('count', 'map', 0, [book('200')]),
      stage('group', 'reduce', 1, [newInput({ source: 'stage:count' })], { fanIn: '10' }),
      stage('commonest', 'reduce', 1, [newInput({ source: 'stage:group' })], { args: '50' }),
      stage('whales', 'map', 2, [book('2000')], { args: '-w\nwhale' }),
      stage('beside', 'single', 0, [newInput({ source: 'stage:whales' })]),
      stage('neighbours', 'single', 1, [newInput({ source: 'stage:beside' })], { args: '50' }),
    ],
  }
}

/** What a person sees of it before it runs: names, and who reads whom. */
export const nodesOf = ({ stages }: Draft) =>
  stages.map(({ id, n, kind, inputs }) => ({
    id: id || `stage ${n}`,
    kind,
    after: named(inputs, 'stage'),
    reads: named(inputs, 'file'),
  }))
const named = (inputs: readonly DraftInput[], of: 'stage' | 'file'): readonly string[] => [
  ...new Set(inputs.flatMap(({ source }) => (source.startsWith(`${of}:`) ? [source.slice(of.length + 1)] : []))),
]

/** Why it cannot be run as it stands, or undefined. */
export function whyNot(draft: Draft): Refusal | { readonly words: string } | undefined {
  const lacking = draft.stages.find(({ program }) => !program || ('file' in program && program.file.size === 0))
  if (draft.stages.length > 0 && lacking) return { words: `Choose a program for ${lacking.id || 'the new stage'}.` }
  const unset = draft.stages.find(({ inputs }) => inputs.some(({ source }) => source === ''))
  if (unset) return { words: `Say what ${unset.id || 'the new stage'} reads, or take the input away.` }
  const checked = draftOf(requestOf(draft, new Map(), new Map()), 'public')
  return checked.ok ? undefined : checked
}

type Contents = ReadonlyMap<unknown, Uint8Array | Blob>

/** The request, its programs and files loaded. */
export async function askedFor(draft: Draft): Promise<WorkflowRequest> {
  const modules = new Map<unknown, Uint8Array | Blob>()
  for (const { program } of draft.stages)
    if (program) modules.set(program, 'file' in program ? program.file : await fetchBytes(program.path))
  const files = new Map<unknown, Uint8Array | Blob>()
  for (const { content } of draft.files)
    files.set(content, content instanceof File ? content : await fetchBytes(content.path))
  return requestOf(draft, modules, files)
}

const noBytes = new Uint8Array(0)

function requestOf({ name, files, stages }: Draft, modules: Contents, contents: Contents): WorkflowRequest {
  return {
    name,
    inputs: Object.fromEntries(files.map(({ key, content }) => [key, contents.get(content) ?? noBytes])),
    stages: stages.map(({ id, kind, program, args, fanIn, inputs }) => ({
      id,
      kind,
      module: modules.get(program) ?? noBytes,
      args: args.split('\n').flatMap((line) => (line.trim() ? [line.trim()] : [])),
      inputs: inputs.map(inputOf),
      ...(kind === 'reduce' && Number(fanIn) > 0 && { fanIn: Number(fanIn) }),
    })),
  }
}

function inputOf({ source, where, name, lines, output }: DraftInput): StageInputRequest {
  const into = where === 'stdin' ? 'stdin' : where === 'file' ? name : `${name.replace(/\/+$/, '')}/`
  const linesEach = Number(lines)
  const rest = { into, ...(linesEach > 0 && { linesEach }) }
  if (source.startsWith('file:')) return { from: 'job', key: source.slice(5), ...rest }
  return { from: 'stage', stage: source.slice(6), ...(output && { output }), ...rest }
}
