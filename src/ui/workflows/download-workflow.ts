import type { StageResult, Workflow, WorkflowView } from '../../sdk/api-workflows.ts'
import { createArchive, filesOf, nameOfFile } from '../jobs/download.ts'
import { save } from '../jobs/save.ts'

/** Gives what the last stages brought: a single piece of text as it is, anything else as one archive with a folder a stage. */
export async function downloadWorkflow(workflow: Workflow, { name }: WorkflowView): Promise<void> {
  let only: StageResult | undefined
  let count = 0
  const archive = createArchive()
  for await (const result of workflow.results()) {
    only = result
    count += 1
    const files = filesOf(result, undefined).map(([path, bytes]) => [`${result.stage}/${path}`, bytes] as const)
    await archive.addResult(files, result)
  }
  if (count === 1 && only && Object.keys(only.files).length === 0 && only.stderr.length === 0)
    return save(new Blob([only.stdout.slice()], { type: 'text/plain' }), `${nameOfFile(name)}-${only.stage}.txt`)
  await archive.saveAs(name)
}
