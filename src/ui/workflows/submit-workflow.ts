import type { Mesh } from '../../sdk/api.ts'
import type { WorkflowRequest } from '../../sdk/api-workflows.ts'
import type { Cid } from '../../wire/cid.ts'

/** @returns the workflow's identity once the node has it; throws with the code of a refusal */
export async function submitWorkflow(mesh: Mesh, request: WorkflowRequest): Promise<Cid> {
  const flow = mesh.runWorkflow(request)
  const isThere = (): boolean => flow.view() !== undefined
  const refused = await Promise.race([
    flow.done,
    new Promise<undefined>((resolve) => {
      const unsubscribe = mesh.subscribe(isThere, () => {
        unsubscribe()
        resolve(undefined)
      })
    }),
  ])
  if (refused && !isThere())
    throw Object.assign(new Error(mesh.faults().at(-1)?.message ?? ''), {
      name: 'Refused',
      code: refused.reason,
      phase: 'submit',
    })
  return flow.id
}
