import { useCallback, useMemo, useState } from 'react'
import { Link } from 'wouter'
import type { Failure } from '../app/failure.ts'
import { bytes } from '../parts/format.ts'
import { FailureNotice, Notice } from '../parts/Notice.tsx'
import { Term } from '../parts/Term.tsx'
import { WithMesh } from '../parts/WithMesh.tsx'
import { CallList } from './CallList.tsx'
import type { WeightOf } from './earlier.ts'
import { FilePicker } from './FilePicker.tsx'
import { recallJob } from './job-memory.ts'
import { askedLimits, LimitFields } from './LimitFields.tsx'
import { OwnSwitches, promisesOf } from './OwnSwitches.tsx'
import { type OwnAgain, ownAgainOf, ownValues } from './own-again.ts'
import { callTasks, readCalls } from './own-calls.ts'
import { type Chosen, kindWords, readProgram } from './own-program.ts'
import { type ReadScript, readScript } from './own-script.ts'
import { type OwnProgram, ownTaskCount, ownTasks } from './own-tasks.ts'
import { linesOf } from './own-words.ts'
import { RunPanel } from './RunPanel.tsx'
import { Signature } from './Signature.tsx'
import { TaskList } from './TaskList.tsx'

/** An own program: the file, what it is given, its list of tasks or calls, and its limits. */
export function OwnForm() {
  const [chosen, setChosen] = useState<Chosen>()
  const [refused, setRefused] = useState<Failure>()
  const [before] = useState(askedAgain)
  const [own, setOwn] = useState<OwnAgain>(before)
  const change = (part: Partial<OwnAgain>): void => setOwn((now) => ({ ...now, ...part }))
  const { program, limits } = own
  const name = chosen?.file.name
  const weightOf: WeightOf = useCallback(
    (kind, values) => (kind === 'own' && values['name'] === name ? 1 : undefined),
    [name],
  )
  const choose = async ([file]: readonly File[]): Promise<void> => {
    if (!file) return
    const read = await readProgram(file)
    setChosen('file' in read ? read : undefined)
    setRefused('file' in read ? undefined : read)
  }
  const form = chosen?.forms.find(({ name }) => name === own.calls.invoke) ?? chosen?.forms[0]
  const calls = { ...own.calls, invoke: form?.name ?? '' }
  const read = useMemo(() => form && readCalls(form, own.calls), [form, own.calls])
  const isCalled = form !== undefined && read !== undefined
  const promises = promisesOf(own, chosen?.kind)
  const script = useMemo(() => scriptOf(program), [program])
  const unscripted = isCalled ? undefined : lackingIn(script, promises.interactive)
  const lacking = chosen ? (read?.kind === 'lacking' ? read.words : unscripted) : 'Choose a program first.'
  return (
    <>
      <header>
        <p className="small back">
          <Link href="/run">All programs</Link>
        </p>
        <h1>Run your own program</h1>
        <p className="lead">
          A WebAssembly command for <Term word="wasi">WASI preview 1</Term>, a component for WASI 0.2, or a module whose
          functions are called. Each <Term word="task">task</Term> is a fresh start of it.
        </p>
      </header>
      {before.name !== '' && (
        <Notice tone="calm">
          <p>
            <strong>{before.name} once more.</strong> What you typed and the limits are as they were. Files are not kept
            over a reload: choose the program again
            {before.program.tasks.kind === 'files' ? ', and the inputs' : ''}.
          </p>
        </Notice>
      )}
      <div className="form-and-panel">
        <form className="stack" onSubmit={(event) => event.preventDefault()}>
          <FilePicker label="Program" accept=".wasm,application/wasm" mostFiles={1} onFiles={choose}>
            {chosen ? (
              <span className="green-words">
                {chosen.file.name}, {bytes(chosen.file.size)}. {kindWords(chosen)}
              </span>
            ) : (
              (before.name && `Choose ${before.name} again.`) || 'Nothing chosen yet.'
            )}
          </FilePicker>
          {refused && <FailureNotice failure={refused} />}
          {chosen && (
            <WithMesh instead={null}>
              <Signature
                key={keyOf(chosen.file)}
                file={chosen.file}
                onSigned={(file) => setChosen({ ...chosen, file })}
              />
            </WithMesh>
          )}
          {isCalled ? (
            <CallList
              forms={chosen?.forms ?? []}
              form={form}
              calls={calls}
              read={read}
              onChange={(calls) => change({ calls })}
            />
          ) : (
            <TaskList program={program} onChange={(program) => change({ program })} />
          )}
          <OwnSwitches own={own} kind={chosen?.kind} onChange={change} />
          <LimitFields limits={limits} onChange={(limits) => change({ limits })} />
        </form>
        <RunPanel
          tasks={read ? (read.kind === 'calls' ? read.count : 0) : ownTaskCount(program)}
          limits={askedLimits(limits)}
          isInteractive={promises.interactive}
          runtime={chosen?.kind}
          lacking={lacking}
          weightOf={weightOf}
          providersRead={
            isCalled
              ? 'The program, and the values of each call.'
              : 'The program, its arguments and every file that you give.'
          }
          ask={async () => ({
            request: {
              name: isCalled ? `${name}: ${calls.invoke}` : (name ?? 'program'),
              module: chosen?.file ?? new Blob(),
              tasks: isCalled ? callTasks(calls.invoke, read) : ownTasks(program),
              limits: askedLimits(limits),
              ...promises,
            },
            memory: {
              kind: 'own',
              values: ownValues({ ...own, calls, name: name ?? '' }),
              fileNames: isCalled ? [] : namesOf(own),
            },
          })}
        />
      </div>
    </>
  )
}

const keyOf = ({ name, size, lastModified }: File): string => `${name} ${size} ${lastModified}`

/** What "run again" knows of the job that the address names. */
function askedAgain(): OwnAgain {
  const again = new URLSearchParams(location.search).get('again')
  return ownAgainOf((again && recallJob(again)?.values) || {})
}

function scriptOf({ tasks, args }: OwnProgram): ReadScript | undefined {
  return tasks.kind === 'script' ? readScript(tasks.text, linesOf(args)) : undefined
}

function lackingIn(script: ReadScript | undefined, interactive: boolean): string | undefined {
  if (script?.kind === 'lacking') return script.words
  return script && interactive ? 'Nobody can type into a script.' : undefined
}

const namesOf = ({ program: { tasks } }: OwnAgain): readonly string[] =>
  tasks.kind === 'files' ? tasks.files.map(({ name }) => name) : []
