import { useId, useState } from 'react'
import { FilePicker } from '../run/FilePicker.tsx'
import { type Draft, type DraftProgram, type DraftStage, digits, newInput, programs, type StageKind } from './draft.ts'
import { InputFields } from './InputFields.tsx'
import { kindWords } from './stage-words.ts'

type StageProps = {
  readonly stage: DraftStage
  readonly draft: Draft
  readonly onChange: (stage: DraftStage) => void
  readonly onRemove: () => void
}

/** One stage: its program, how it is cut into tasks, and what it reads. */
export function StageFields({ stage, draft, onChange, onRemove }: StageProps) {
  const field = useId()
  const change = (part: Partial<DraftStage>): void => onChange({ ...stage, ...part })
  const { program } = stage
  const chosen = program && ('file' in program ? 'own' : program.path)
  const [isOpen, setIsOpen] = useState(program === undefined)
  return (
    <details
      className="card disclosure stage-form"
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary>
        {stage.id || 'A stage without a name'}
        <span className="small soft">{summaryOf(stage)}</span>
      </summary>
      <div className="stage-head">
        <div className="field">
          <label htmlFor={`${field}-id`}>Stage</label>
          <input
            id={`${field}-id`}
            maxLength={32}
            spellCheck={false}
            value={stage.id}
            onChange={(event) => change({ id: event.currentTarget.value })}
          />
        </div>
        <button type="button" className="button quiet" onClick={onRemove} aria-label={`Remove the stage ${stage.id}`}>
          Remove
        </button>
      </div>
      <div className="parameters limits stage-choices">
        <div className="field">
          <label htmlFor={`${field}-program`}>Program</label>
          <select
            id={`${field}-program`}
            value={chosen ?? ''}
            onChange={(event) => change({ program: programOf(event.currentTarget.value, program) })}
          >
            <option value="">Choose…</option>
            {programs.map(({ path, title }) => (
              <option key={path} value={path}>
                {title}
              </option>
            ))}
            <option value="own">{program && 'file' in program ? program.file.name : 'A file of your own…'}</option>
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${field}-kind`}>Tasks</label>
          <select
            id={`${field}-kind`}
            value={stage.kind}
            onChange={(event) => change({ kind: event.currentTarget.value as StageKind })}
          >
            {Object.entries(kindWords).map(([kind, { long }]) => (
              <option key={kind} value={kind}>
                {long}
              </option>
            ))}
          </select>
        </div>
        {stage.kind === 'reduce' && (
          <div className="field">
            <label htmlFor={`${field}-fan`}>Pieces for one task</label>
            <input
              id={`${field}-fan`}
              inputMode="numeric"
              placeholder="all"
              value={stage.fanIn}
              onChange={(event) => change({ fanIn: digits(event.currentTarget.value) })}
            />
          </div>
        )}
      </div>
      {chosen === 'own' && (
        <FilePicker
          label="Program"
          accept=".wasm,application/wasm"
          mostFiles={1}
          onFiles={([file]) => file && change({ program: { file } })}
        >
          {program && 'file' in program && program.file.size > 0 ? program.file.name : 'Nothing chosen yet.'}
        </FilePicker>
      )}
      <div className="field">
        <label htmlFor={`${field}-args`}>Arguments, one a line</label>
        <textarea
          id={`${field}-args`}
          rows={2}
          spellCheck={false}
          value={stage.args}
          onChange={(event) => change({ args: event.currentTarget.value })}
        />
      </div>
      {stage.inputs.map((input, at) => (
        <InputFields
          key={input.n}
          input={input}
          isFirst={at === 0}
          stage={stage}
          draft={draft}
          onChange={(next) => change({ inputs: stage.inputs.map((one) => (one.n === input.n ? next : one)) })}
          onRemove={() => change({ inputs: stage.inputs.filter((one) => one.n !== input.n) })}
        />
      ))}
      <div>
        <button
          type="button"
          className="button quiet"
          onClick={() =>
            change({ inputs: [...stage.inputs, newInput(stage.inputs.length > 0 ? { where: 'file' } : {})] })
          }
        >
          {stage.inputs.length === 0 ? 'Let it read something' : 'Read something else too'}
        </button>
      </div>
    </details>
  )
}

/** 'Count words, one for each piece; reads moby-dick.txt' */
function summaryOf({ program, kind, inputs }: DraftStage): string {
  const title = !program
    ? 'no program yet'
    : 'file' in program
      ? program.file.name
      : programs.find(({ path }) => path === program.path)?.title
  const read = inputs.flatMap(({ source }) => (source === '' ? [] : [source.replace(/^\w+:/, '')]))
  return `${title}, ${kindWords[kind].long.toLowerCase()}${read.length > 0 ? `; reads ${read.join(', ')}` : ''}`
}

function programOf(chosen: string, before: DraftProgram | undefined): DraftProgram | undefined {
  if (chosen === '') return undefined
  if (chosen !== 'own') return { path: chosen }
  return before && 'file' in before ? before : { file: new File([], 'program.wasm') }
}
