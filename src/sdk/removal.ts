import type { Parts } from './mesh.ts'

/**
 * FG4: removes from the disk what is stored of jobs that the node has forgotten. A job is known to the node before its first
 * task is stored, so whatever else lies there is nobody's. What could not be removed is tried again with the next.
 */
export function createRemoval({ node, jobs: disk, report }: Pick<Parts, 'node' | 'jobs' | 'report'>) {
  return async function removeForgotten(): Promise<void> {
    try {
      for (const job of await disk.jobs()) if (!node.jobs.has(job)) await disk.remove(job)
    } catch (error) {
      report({ code: 'storage-broken', phase: 'forget', message: String(error) })
    }
  }
}
