import { useCallback, useState } from 'react'
import { Link } from 'wouter'
import { inspectProgram, kindOf } from '../../activity/runtime-kind.ts'
import type { Failure } from '../app/failure.ts'
import { bytes } from '../parts/format.ts'
import { FailureNotice, Notice } from '../parts/Notice.tsx'
import { Switch } from '../parts/Switch.tsx'
import { Term } from '../parts/Term.tsx'
import type { WeightOf } from './earlier.ts'
import { FilePicker } from './FilePicker.tsx'
import { recallJob } from './job-memory.ts'
import { askedLimits, LimitFields, type Limits } from './LimitFields.tsx'
import { type OwnAgain, ownAgainOf, ownValues } from './own-again.ts'
import { type OwnProgram, ownTaskCount, ownTasks } from './own-tasks.ts'
import { RunPanel } from './RunPanel.tsx'
import { TaskList } from './TaskList.tsx'

type Chosen = { readonly file: File }

/** An own program: the file, what it is given, its list of tasks and its limits. */
export function OwnForm() {
  const [chosen, setChosen] = useState<Chosen>()
  const [refused, setRefused] = useState<Failure>()
  const [before] = useState(askedAgain)
  const [program, setProgram] = useState<OwnProgram>(before.program)
  const [limits, setLimits] = useState<Limits>(before.limits)
  const [isInteractive, setIsInteractive] = useState(before.isInteractive)
  const name = chosen?.file.name
  const weightOf: WeightOf = useCallback(
    (kind, values) => (kind === 'own' && values['name'] === name ? 1 : undefined),
    [name],
  )
  const choose = async ([file]: readonly File[]): Promise<void> => {
    if (!file) return
    const content = new Uint8Array(await file.arrayBuffer())
    const kind = kindOf(content)
    const inspected = kind.ok ? inspectProgram(content, kind.value) : kind
    setChosen(inspected.ok ? { file } : undefined)
    setRefused(
      inspected.ok
        ? undefined
        : { code: inspected.code, phase: 'inspect', message: factsIn(file.name, inspected.facts) },
    )
  }
  return (
    <>
      <header>
        <p className="small back">
          <Link href="/run">All jobs</Link>
        </p>
        <h1>Run your own program</h1>
        <p className="lead">
          A WebAssembly command for <Term word="wasi">WASI preview 1</Term>: it reads arguments, files and standard
          input, and writes standard output and files. Each <Term word="task">task</Term> is a fresh start of it.
        </p>
      </header>
      {before.name !== '' && (
        <Notice tone="calm">
          <p>
            <strong>{before.name} once more.</strong> Its arguments and limits are as they were. Files are not kept over
            a reload: choose the program again
            {before.program.tasks.kind === 'one' ? '' : ', and give the list of tasks'}.
          </p>
        </Notice>
      )}
      <div className="form-and-panel">
        <form className="stack" onSubmit={(event) => event.preventDefault()}>
          <FilePicker label="Program" accept=".wasm,application/wasm" mostFiles={1} onFiles={choose}>
            {chosen ? (
              <span className="green-words">
                {chosen.file.name}, {bytes(chosen.file.size)}. It can run here.
              </span>
            ) : (
              (before.name && `Choose ${before.name} again.`) || 'Nothing chosen yet.'
            )}
          </FilePicker>
          {refused && <FailureNotice failure={refused} />}
          <TaskList program={program} onChange={setProgram} />
          <Switch
            isOn={isInteractive}
            onChange={setIsInteractive}
            hint="You type on the job’s page while it runs. Only tabs that can wait for you are asked."
          >
            It waits for what I type
          </Switch>
          <LimitFields limits={limits} onChange={setLimits} />
        </form>
        <RunPanel
          tasks={ownTaskCount(program)}
          limits={askedLimits(limits)}
          lacking={chosen ? undefined : 'Choose a program first.'}
          weightOf={weightOf}
          providersRead="The program, its arguments and every file that you give."
          ask={async () => ({
            request: {
              name: chosen?.file.name ?? 'program',
              module: chosen?.file ?? new Blob(),
              tasks: ownTasks(program),
              limits: askedLimits(limits),
              interactive: isInteractive,
            },
            memory: {
              kind: 'own',
              values: ownValues({ name: chosen?.file.name ?? '', program, limits, isInteractive }),
              fileNames: namesOf(program),
            },
          })}
        />
      </div>
    </>
  )
}

/** What "run again" knows of the job that the address names. */
function askedAgain(): OwnAgain {
  const again = new URLSearchParams(location.search).get('again')
  return ownAgainOf((again && recallJob(again)?.values) || {})
}

const namesOf = ({ tasks }: OwnProgram): readonly string[] =>
  tasks.kind === 'files' ? tasks.files.map(({ name }) => name) : []

const factsIn = (name: string, facts: Readonly<Record<string, unknown>>): string =>
  [name, ...Object.entries(facts).map(([fact, value]) => `${fact}: ${String(value)}`)].join(', ')
