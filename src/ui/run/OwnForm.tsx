import { useState } from 'react'
import { Link } from 'wouter'
import { inspectModule, type ModuleFacts } from '../../activity/module.ts'
import type { Failure } from '../app/failure.ts'
import { bytes } from '../parts/format.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { Term } from '../parts/Term.tsx'
import { FilePicker } from './FilePicker.tsx'
import { LimitFields, type Limits, usualLimits } from './LimitFields.tsx'
import { type OwnProgram, ownTaskCount, ownTasks } from './own-tasks.ts'
import { RunPanel } from './RunPanel.tsx'
import { TaskList } from './TaskList.tsx'

type Chosen = { readonly file: File; readonly facts: ModuleFacts }

/** An own program: the file, what it is given, its list of tasks and its limits. */
export function OwnForm() {
  const [chosen, setChosen] = useState<Chosen>()
  const [refused, setRefused] = useState<Failure>()
  const [program, setProgram] = useState<OwnProgram>({ args: '', files: [], tasks: { kind: 'one' } })
  const [limits, setLimits] = useState<Limits>(usualLimits)
  const choose = async ([file]: readonly File[]): Promise<void> => {
    if (!file) return
    const inspected = inspectModule(new Uint8Array(await file.arrayBuffer()))
    setChosen(inspected.ok ? { file, facts: inspected.value } : undefined)
    setRefused(inspected.ok ? undefined : { code: inspected.code, message: factsIn(file.name, inspected.facts) })
  }
  return (
    <>
      <header>
        <p className="small">
          <Link href="/run">All jobs</Link>
        </p>
        <h1>Run your own program</h1>
        <p className="lead">
          A WebAssembly command for <Term word="wasi">WASI preview 1</Term>: it reads arguments, files and standard
          input, and writes standard output and files. Each <Term word="task">task</Term> is a fresh start of it.
        </p>
      </header>
      <div className="form-and-panel">
        <form className="stack" onSubmit={(event) => event.preventDefault()}>
          <FilePicker label="Program" accept=".wasm,application/wasm" mostFiles={1} onFiles={choose}>
            {chosen ? (
              <span className="green-words">
                {chosen.file.name}, {bytes(chosen.file.size)}. It can run here.
              </span>
            ) : (
              'Nothing chosen yet.'
            )}
          </FilePicker>
          {refused && <FailureNotice failure={refused} />}
          <TaskList program={program} onChange={setProgram} />
          <LimitFields limits={limits} onChange={setLimits} />
        </form>
        <RunPanel
          tasks={ownTaskCount(program)}
          limits={limits}
          isReady={chosen !== undefined}
          providersRead="The program, its arguments and every file that you give."
          ask={async () => ({
            request: {
              name: chosen?.file.name ?? 'program',
              module: chosen?.file ?? new Blob(),
              tasks: ownTasks(program),
              limits,
            },
            memory: { kind: 'own', values: {}, fileNames: namesOf(program) },
          })}
        />
      </div>
    </>
  )
}

const namesOf = ({ tasks }: OwnProgram): readonly string[] =>
  tasks.kind === 'files' ? tasks.files.map(({ name }) => name) : []

const factsIn = (name: string, facts: Readonly<Record<string, unknown>>): string =>
  [name, ...Object.entries(facts).map(([fact, value]) => `${fact}: ${String(value)}`)].join(', ')
