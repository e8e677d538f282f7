import { ok, type Result, refuse } from '../kernel/result.ts'
import { encode } from '../wire/codec.ts'
import { check } from '../wire/schema.ts'
import { checkInput } from './task.ts'
import { mostStages, mostWorkflowBytes, type StageSpec, type WorkflowSpec, workflowSpec } from './workflow-messages.ts'

export type WorkflowCode =
  | 'workflow-empty'
  | 'too-many-stages'
  | 'stage-misnamed'
  | 'stage-twice'
  | 'stage-unknown'
  | 'stage-without-input'
  | 'input-unknown'
  | 'input-twice'
  | 'workflow-cycle'
  | 'workflow-malformed'
  | 'workflow-too-large'
  | 'path-not-allowed'

/** WF2: a graph that can be run to its end, or why not. */
export function checkWorkflow(spec: WorkflowSpec): Result<WorkflowSpec, WorkflowCode> {
  const { stages } = spec
  if (stages.length === 0) return refuse('workflow-empty')
  if (stages.length > mostStages) return refuse('too-many-stages', { stages: stages.length, mostStages })
  const ids = stages.map(({ id }) => id)
  const misnamed = ids.find((id) => !/^[\w-]{1,32}$/.test(id))
  if (misnamed !== undefined) return refuse('stage-misnamed', { stage: misnamed.slice(0, 48) })
  const twice = ids.find((id, at) => ids.indexOf(id) !== at)
  if (twice !== undefined) return refuse('stage-twice', { stage: twice })
  for (const stage of stages) {
    const checked = checkStage(stage, spec)
    if (!checked.ok) return checked
  }
  const cycle = cycleIn(stages)
  if (cycle) return refuse('workflow-cycle', { stages: cycle.join(' → ') })
  const shaped = check(workflowSpec, spec)
  if (!shaped.ok) return refuse('workflow-malformed', shaped.facts)
  const sizeBytes = encode(spec).length
  const mostBytes = mostWorkflowBytes - headBytes
  return sizeBytes <= mostBytes ? ok(shaped.value) : refuse('workflow-too-large', { sizeBytes, mostBytes })
}

/** What an event says beside the spec: its author, names and times. */
const headBytes = 1_024

function checkStage({ id, kind, inputs, invoke }: StageSpec, spec: WorkflowSpec): Result<void, WorkflowCode> {
  if (kind !== 'single' && inputs.length === 0) return refuse('stage-without-input', { stage: id, kind })
  for (const { from, name, into } of inputs) {
    const known = from === 'job' ? spec.inputs.some(({ key }) => key === name) : spec.stages.some((s) => s.id === name)
    if (!known) return refuse(from === 'job' ? 'input-unknown' : 'stage-unknown', { stage: id, input: name })
    if (isForParams({ invoke }, into)) continue // one behind the other
    if (inputs.filter((other) => other.into === into).length > 1) return refuse('input-twice', { stage: id, into })
  }
  const none = new Uint8Array(0)
  const paths = inputs.flatMap(({ into }) =>
    into === 'stdin' || isForParams({ invoke }, into) ? [] : [into.endsWith('/') ? `${into}0` : into],
  )
  const files = Object.fromEntries(paths.map((path) => [path, none]))
  const placed = checkInput({ args: [], env: {}, stdin: none, files })
  return placed.ok ? ok(undefined) : refuse('path-not-allowed', { stage: id, ...placed.facts })
}

/** WF9: an input of a function that is read as its values. */
export const isForParams = ({ invoke }: Pick<StageSpec, 'invoke'>, into: string): boolean =>
  invoke !== undefined && into === 'params'

/** The stages whose outputs a stage is given, each once. */
export const stagesBefore = ({ inputs }: Pick<StageSpec, 'inputs'>): readonly string[] => [
  ...new Set(inputs.flatMap(({ from, name }) => (from === 'stage' ? [name] : []))),
]

/** The first cycle, its first stage named again at its end; undefined where every stage can be reached by the ones before it. */
function cycleIn(stages: readonly StageSpec[]): readonly string[] | undefined {
  const before = new Map(stages.map((stage) => [stage.id, stagesBefore(stage)]))
  const cleared = new Set<string>()
  for (let count = -1; count !== cleared.size; ) {
    count = cleared.size
    for (const [id, needed] of before) if (needed.every((one) => cleared.has(one))) cleared.add(id)
  }
  let at = stages.find(({ id }) => !cleared.has(id))?.id
  const path: string[] = []
  while (at !== undefined && !path.includes(at)) {
    path.unshift(at)
    at = before.get(at)?.find((one) => !cleared.has(one))
  }
  return at === undefined ? undefined : [at, ...path.slice(0, path.indexOf(at) + 1)]
}
