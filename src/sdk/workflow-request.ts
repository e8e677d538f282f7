import type { JobSpec } from '../activity/messages.ts'
import { checkWorkflow } from '../activity/workflow-check.ts'
import { mostInputs, mostStages, type StageInput, type WorkflowSpec } from '../activity/workflow-messages.ts'
import type { Exchange } from '../adapters/content/exchange.ts'
import { isAmount, zero } from '../kernel/amount.ts'
import { type Result, refuse } from '../kernel/result.ts'
import { type Cid, cidOf } from '../wire/cid.ts'
import type { SubmitRequest } from './api.ts'
import type { StageInputRequest, StageRequest, WorkflowRequest } from './api-workflows.ts'
import { specOf } from './job-spec.ts'

type Ports = {
  specFor(request: Omit<SubmitRequest, 'tasks'>): Promise<Result<JobSpec>>
  readonly content: Exchange
  readonly subnet: string
}

/** What a program said becomes a spec, its modules and files stored, or a refusal: of the graph before anything is stored. */
export async function workflowSpecOf(request: WorkflowRequest, ports: Ports): Promise<Result<WorkflowSpec>> {
  const drafted = draftOf(request, ports.subnet)
  if (!drafted.ok) return drafted
  const draft = drafted.value
  const stages = []
  for (const [n, stage] of request.stages.entries()) {
    const spec = await ports.specFor(stage)
    if (!spec.ok) return refuse(spec.code, { ...spec.facts, stage: stage.id })
    const { runtime } = spec.value
    if (!fits(stage, runtime)) return refuse('stage-not-callable', { stage: stage.id, runtime })
    stages.push({ ...draft.stages[n]!, spec: spec.value })
  }
  const inputs = []
  for (const [key, content] of Object.entries(request.inputs ?? {})) {
    const bytes = await bytesOf(content)
    const cid = await ports.content.addFile(bytes)
    if (!cid.ok) return cid
    inputs.push({ key, cid: cid.value, sizeBytes: bytes.length })
  }
  return checkWorkflow({ ...draft, inputs, stages })
}

/** WF9: a command has no functions to call, and a module of functions nothing else. */
const fits = ({ invoke }: StageRequest, runtime: string): boolean =>
  invoke === undefined ? runtime !== 'function' : runtime !== 'wasi-p1'

/** The graph alone, as it can be looked at before a module or a file was read. */
export function draftOf(request: WorkflowRequest, subnet: string): Result<WorkflowSpec> {
  const { stages: asked, inputs = {} } = request
  if (!Array.isArray(asked)) return refuse('workflow-empty')
  if (asked.length > mostStages) return refuse('too-many-stages', { stages: asked.length, mostStages })
  const keys = Object.keys(inputs)
  if (keys.length > mostInputs) return refuse('workflow-malformed', { inputs: keys.length, mostInputs })
  const maxPrice = request.maxPrice ?? zero
  if (!isAmount(maxPrice)) return refuse('limit-out-of-range', { limit: 'maxPrice', value: maxPrice })
  const stages = []
  for (const stage of asked) {
    const spec = specOf(stage, { ...noModule, runtime: stage.runtime ?? 'wasi-p1' }, subnet)
    if (!spec.ok) return refuse(spec.code, { ...spec.facts, stage: stage.id })
    stages.push({ ...stageOf(stage, asked), spec: spec.value })
  }
  return checkWorkflow({
    name: (request.name ?? 'workflow').slice(0, 96),
    maxPrice,
    inputs: keys.map((key) => ({ key, cid: noFile, sizeBytes: 0 })),
    stages,
  })
}

const noFile: Cid = cidOf(new Uint8Array(0), 'raw')
const noModule = { cid: noFile, signers: [], sizeBytes: 0 }

const stageOf = (
  { id, kind = 'single', inputs = [], args = [], env = {}, fanIn, invoke }: StageRequest,
  all: readonly StageRequest[],
) => ({
  id: String(id),
  kind,
  inputs: inputs.map((input) => inputOf(input, { isCalled: invoke !== undefined, all })),
  args: args.map(String),
  env: { ...env },
  ...(fanIn !== undefined && { fanIn }),
  ...(invoke !== undefined && { invoke: String(invoke) }),
})

const inputOf = (
  input: StageInputRequest,
  { isCalled, all }: { isCalled: boolean; all: readonly StageRequest[] },
): StageInput => ({
  from: input.from,
  name: input.from === 'job' ? input.key : input.stage,
  output: input.from === 'job' ? 'stdout' : (input.output ?? usualOutput(input.stage, all)),
  into: input.into ?? (isCalled ? 'params' : 'stdin'),
  ...(input.linesEach !== undefined && { linesEach: input.linesEach }),
})

const usualOutput = (stage: string, all: readonly StageRequest[]): string =>
  all.find(({ id }) => id === stage)?.invoke === undefined ? 'stdout' : 'values'

async function bytesOf(content: Uint8Array | Blob | string): Promise<Uint8Array> {
  if (typeof content === 'string') return new TextEncoder().encode(content)
  return content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content
}
