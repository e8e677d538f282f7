import type { JobSummary, Mesh } from '../../sdk/api.ts'
import type { Cid } from '../../wire/cid.ts'
import { type Again, keepAgain, rememberJob } from './job-memory.ts'

/**
 * Submits what `ask` gives and remembers how to show it.
 * @returns the job's identity once the node has it; throws with the code of a refusal
 */
export async function submitJob(mesh: Mesh, ask: Again): Promise<Cid> {
  const { request, memory } = await ask()
  const job = mesh.submit(request)
  const { id } = job
  const refused = await Promise.race([job.done, appeared(mesh, id)])
  if (refused && mesh.job(id)?.view() === undefined) throw refusalOf(refused)
  rememberJob(id, memory)
  keepAgain(id, ask)
  return id
}

function appeared(mesh: Mesh, id: Cid): Promise<undefined> {
  const isThere = (): boolean => mesh.job(id)?.view() !== undefined
  return new Promise((resolve) => {
    if (isThere()) return resolve(undefined)
    const unsubscribe = mesh.subscribe(isThere, () => {
      unsubscribe()
      resolve(undefined)
    })
  })
}

const refusalOf = ({ reason }: JobSummary): Error =>
  Object.assign(new Error(reason), { name: 'Refused', code: reason.split(' ')[0] ?? 'unknown', phase: 'submit' })
