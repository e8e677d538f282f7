import { useEffect, useState, useSyncExternalStore } from 'react'
import { useNodeHandle } from '../app/use-mesh.ts'
import { type JobMemory, recallJob } from '../run/job-memory.ts'
import { type Collected, collect } from './collect.ts'

type Collection = ReturnType<typeof collect>
const unknownJob: JobMemory = { kind: 'own', values: {}, fileNames: [] }
const nothing = { read: (): Collected | undefined => undefined, subscribe: () => () => {} }

/** The results of a job as they arrive, from the first; undefined until the node gives them. */
export function useCollected(id: string): Collected | undefined {
  const mesh = useNodeHandle()
  const [collection, setCollection] = useState<Collection>()
  useEffect(() => {
    const job = mesh.job(id)
    if (!job) return
    const started = collect(job, recallJob(id) ?? unknownJob)
    setCollection(started)
    return () => started.stop()
  }, [mesh, id])
  const view = collection?.view ?? nothing
  return useSyncExternalStore<Collected | undefined>(view.subscribe, view.read)
}
