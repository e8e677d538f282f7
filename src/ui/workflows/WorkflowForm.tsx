import { useId, useState } from 'react'
import { Link } from 'wouter'
import { bytes } from '../parts/format.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { Term } from '../parts/Term.tsx'
import { FilePicker } from '../run/FilePicker.tsx'
import { type Draft, emptyDraft, exampleDraft, newStage, nodesOf, whyNot } from './draft.ts'
import { Graph } from './Graph.tsx'
import { StageFields } from './StageFields.tsx'
import { kindWords } from './stage-words.ts'
import { WorkflowPanel } from './WorkflowPanel.tsx'
import '../look/run.css'
import '../look/workflow.css'

/** As the room's own bounds have it. */
const mostFiles = 64
const mostStages = 64

/** Stages one after the other and side by side, put together by hand; the picture above follows. */
export function WorkflowForm() {
  const [draft, setDraft] = useState<Draft>(emptyDraft)
  const id = useId()
  const lacking = whyNot(draft)
  const change = (part: Partial<Draft>): void => setDraft({ ...draft, ...part })
  const addFiles = (files: readonly File[]): void => {
    const added = files.map((file) => ({ key: file.name.slice(0, 64), sizeBytes: file.size, content: file }))
    const kept = draft.files.filter(({ key }) => !added.some((one) => one.key === key))
    change({ files: [...kept, ...added].slice(-mostFiles) })
  }
  const graph = nodesOf(draft).map((node) => ({ ...node, state: 'draft' as const, words: kindWords[node.kind].short }))
  return (
    <>
      <header className="stack">
        <div>
          <p className="small back">
            <Link href="/run">All programs</Link>
          </p>
          <h1>Run a workflow</h1>
          <p className="lead">
            Each stage runs a program of its own and reads files, or what earlier stages brought. A stage begins by
            itself as soon as all that it reads is there.
          </p>
        </div>
        <p>
          <button type="button" className="button" onClick={() => setDraft(exampleDraft())}>
            Fill in the example: a book, cut up and counted
          </button>
        </p>
      </header>
      <Graph label={`The stages of ${draft.name}`} stages={graph} />
      {lacking && 'code' in lacking && (
        <FailureNotice
          tone="amber"
          failure={{ code: lacking.code, message: Object.values(lacking.facts).map(String).join(' ') }}
        />
      )}
      <div className="form-and-panel">
        <form className="stack" onSubmit={(event) => event.preventDefault()}>
          <div className="field">
            <label htmlFor={id}>Name</label>
            <input
              id={id}
              maxLength={96}
              value={draft.name}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
          </div>
          <FilePicker label="Files" mostFiles={mostFiles} onFiles={addFiles}>
            {draft.files.length > 0
              ? draft.files
                  .map(({ key, sizeBytes }) => (sizeBytes === undefined ? key : `${key}, ${bytes(sizeBytes)}`))
                  .join('; ')
              : 'None yet. Stages read them by their names.'}
          </FilePicker>
          {draft.stages.map((stage) => (
            <StageFields
              key={stage.n}
              stage={stage}
              draft={draft}
              onChange={(next) => change({ stages: draft.stages.map((one) => (one.n === stage.n ? next : one)) })}
              onRemove={() => change({ stages: draft.stages.filter((one) => one.n !== stage.n) })}
            />
          ))}
          <button
            type="button"
            className="button"
            disabled={draft.stages.length >= mostStages}
            onClick={() => change({ stages: [...draft.stages, newStage({ id: freeName(draft) })] })}
          >
            Add a stage
          </button>
        </form>
        <WorkflowPanel
          draft={draft}
          lacking={lacking && ('words' in lacking ? lacking.words : 'See the note above.')}
        />
      </div>
      <p className="small soft">
        A <Term word="task">task</Term> of a stage that fails stops what waits for it. Retry runs what failed alone.
      </p>
    </>
  )
}

const freeName = ({ stages }: Draft): string => {
  let n = stages.length + 1
  while (stages.some(({ id }) => id === `stage-${n}`)) n += 1
  return `stage-${n}`
}
