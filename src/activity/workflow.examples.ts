import type { Amount } from '../kernel/amount.ts'
import { aCid, begun, requestor } from '../market/market.examples.ts'
import type { Verified } from '../wire/event.ts'
import { someNonce, someSpec } from './job.examples.ts'
import { jobId } from './job.ts'
import { evolveWorkflow, type Workflow, type WorkflowBody } from './workflow.ts'
import { type StageInput, type StageSpec, type WorkflowSpec, WorkflowSubmitted } from './workflow-messages.ts'

/** A stage that reads these others from its standard input and from files. */
export const aStage = (id: string, before: readonly string[] = [], told: Partial<StageSpec> = {}): StageSpec => ({
  id,
  kind: 'single',
  spec: someSpec,
  inputs: before.map(
    (name): StageInput => ({ from: 'stage', name, output: 'stdout', into: before.length === 1 ? 'stdin' : name }),
  ),
  args: [],
  env: {},
  ...told,
})
export const aGraph = (stages: readonly StageSpec[], told: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  name: 'words of a book',
  maxPrice: 0n as Amount,
  inputs: [{ key: 'book', cid: aCid('book'), sizeBytes: 1_000 }],
  stages: [...stages],
  ...told,
})

const book: StageInput = { from: 'job', name: 'book', output: 'stdout', into: 'stdin', linesEach: 200 }

/** Counts the words of each piece of a book, and adds them up. */
export const someWorkflow = aGraph([
  aStage('count', [], { kind: 'map', inputs: [book], args: ['words'] }),
  aStage('merge', ['count'], { kind: 'reduce', fanIn: 100, env: { LANG: 'C' } }),
])

export const workflowSubmission = (spec = someWorkflow): Verified<WorkflowBody> =>
  WorkflowSubmitted.author(
    { author: requestor, issuedAt: begun },
    { workflow: jobId(requestor, someNonce), nonce: someNonce, spec },
  )

export function aWorkflow(spec = someWorkflow): Workflow {
  const workflow = evolveWorkflow(undefined, workflowSubmission(spec))
  if (!workflow.ok) throw new Error(workflow.code)
  return workflow.value
}
