import { useEffect, useState } from 'react'
import type { Mesh } from '../../sdk/api.ts'
import type { WorkflowView } from '../../sdk/api-workflows.ts'
import { useNodeHandle } from '../app/use-mesh.ts'

/** Enough to see what it is; the rest is downloaded. */
const mostCharacters = 4_000

type Shown = { readonly stage: string; readonly text: string }

/** What the last stages wrote, as text, as soon as each of them is done. */
export function CameOut({ view }: { view: WorkflowView }) {
  const mesh = useNodeHandle()
  const [shown, setShown] = useState<readonly Shown[]>([])
  const read = new Set(view.stages.flatMap(({ after }) => after))
  const ready = view.stages.flatMap(({ id, state }) => (state === 'done' && !read.has(id) ? [id] : [])).join(' ')
  useEffect(() => {
    let isGone = false
    const stages = ready.split(' ').filter((id) => id !== '')
    void Promise.all(stages.map((stage) => firstText(mesh, view.id, stage))).then((all) => !isGone && setShown(all))
    return () => {
      isGone = true
    }
  }, [mesh, view.id, ready])
  if (shown.length === 0) return null
  return (
    <section className="came-outs" aria-label="What came out">
      {shown.map(({ stage, text }) => (
        <div key={stage} className="stack">
          <h2>{stage}</h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
          <pre className="came-out" tabIndex={0}>
            {text || 'Nothing was written to standard output.'}
          </pre>
        </div>
      ))}
    </section>
  )
}

async function firstText(mesh: Mesh, workflow: string, stage: string): Promise<Shown> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const { stdout } of mesh.workflow(workflow)?.results(stage) ?? []) {
    text += decoder.decode(stdout.subarray(0, mostCharacters))
    if (text.length >= mostCharacters) break
  }
  return { stage, text: text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text }
}
