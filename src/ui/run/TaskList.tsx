import { useId } from 'react'
import { counted } from '../parts/format.ts'
import { FilePicker } from './FilePicker.tsx'
import { usualScript } from './own-script.ts'
import type { OwnProgram, OwnTasks } from './own-tasks.ts'

const kinds: readonly { readonly start: OwnTasks; readonly label: string }[] = [
  { start: { kind: 'one' }, label: 'One task' },
  { start: { kind: 'lines', text: '' }, label: 'One task for each line of arguments' },
  { start: { kind: 'files', files: [], as: 'stdin' }, label: 'One task for each file' },
  { start: { kind: 'script', text: usualScript }, label: 'One task: a script of commands' },
]
/** The data plane's own bound of a task's files, and what a browser's dialogue gives at once. */
const mostFiles = 10_000
const mostShared = 4_096

type ListProps = { readonly program: OwnProgram; readonly onChange: (program: OwnProgram) => void }

/** What the program is given: the same for every task, and what makes each task its own. */
export function TaskList({ program, onChange }: ListProps) {
  const id = useId()
  const { tasks, args, files } = program
  const change = (next: OwnTasks): void => onChange({ ...program, tasks: next })
  return (
    <>
      <div className="field">
        <label htmlFor={`${id}-args`}>Arguments, one a line</label>
        <textarea
          id={`${id}-args`}
          rows={3}
          spellCheck={false}
          value={args}
          onChange={(event) => onChange({ ...program, args: event.currentTarget.value })}
        />
      </div>
      <FilePicker
        label="Files for every task"
        mostFiles={mostShared}
        onFiles={(next) => onChange({ ...program, files: next })}
      >
        {files.length > 0
          ? files.map(({ name }) => name).join(', ')
          : 'None. The program finds them under their names.'}
      </FilePicker>
      <fieldset>
        <legend>Tasks</legend>
        {kinds.map(({ start, label }) => (
          <label key={start.kind} className="choice">
            <input
              type="radio"
              name={`${id}-kind`}
              checked={tasks.kind === start.kind}
              onChange={() => change(start)}
            />
            {label}
          </label>
        ))}
        {tasks.kind === 'lines' && (
          <div className="field">
            <label htmlFor={`${id}-lines`}>Arguments of each task, a task a line</label>
            <textarea
              id={`${id}-lines`}
              rows={6}
              spellCheck={false}
              value={tasks.text}
              placeholder={'--part 1\n--part 2'}
              onChange={(event) => change({ ...tasks, text: event.currentTarget.value })}
            />
          </div>
        )}
        {tasks.kind === 'script' && (
          <div className="field">
            <label htmlFor={`${id}-script`}>Commands, one a line</label>
            <textarea
              id={`${id}-script`}
              rows={8}
              spellCheck={false}
              value={tasks.text}
              aria-describedby={`${id}-grammar`}
              onChange={(event) => change({ ...tasks, text: event.currentTarget.value })}
            />
            <p id={`${id}-grammar`} className="small soft">
              <code>deploy</code>, <code>start ARGUMENTS</code>, <code>run ARGUMENTS</code>,{' '}
              <code>transfer FROM TO</code>, <code>sign</code>, <code>terminate</code>. What one run writes, the next
              finds; FROM and TO are <code>file:PATH</code> and <code>content:CID</code>. The arguments above stand
              before those of each run.
            </p>
          </div>
        )}
        {tasks.kind === 'files' && (
          <>
            <FilePicker label="Inputs" mostFiles={mostFiles} onFiles={(next) => change({ ...tasks, files: next })}>
              {tasks.files.length > 0 ? counted(tasks.files.length, 'file') : 'Nothing chosen yet.'}
            </FilePicker>
            <label className="choice">
              <input
                type="checkbox"
                checked={tasks.as === 'stdin'}
                onChange={(event) => change({ ...tasks, as: event.currentTarget.checked ? 'stdin' : 'file' })}
              />
              Give each as standard input; otherwise under its name, which is the last argument
            </label>
          </>
        )}
      </fieldset>
    </>
  )
}
