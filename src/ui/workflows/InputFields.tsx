import { useId } from 'react'
import { type Draft, type DraftInput, type DraftStage, digits } from './draft.ts'

type InputProps = {
  readonly input: DraftInput
  /** The one that a map or reduce goes over. */
  readonly isFirst: boolean
  readonly stage: DraftStage
  readonly draft: Draft
  readonly onChange: (input: DraftInput) => void
  readonly onRemove: () => void
}

const places: readonly { readonly where: DraftInput['where']; readonly label: string }[] = [
  { where: 'stdin', label: 'on standard input' },
  { where: 'file', label: 'in a file named' },
  { where: 'folder', label: 'in a folder, piece by piece' },
]

/** One input of a stage: from where, into what, and whether it is cut into pieces of lines. */
export function InputFields({ input, isFirst, stage, draft, onChange, onRemove }: InputProps) {
  const field = useId()
  const change = (part: Partial<DraftInput>): void => onChange({ ...input, ...part })
  const isStage = input.source.startsWith('stage:')
  const goesOver = isFirst && stage.kind !== 'single'
  return (
    <div className="stage-input">
      <div className="field">
        <label htmlFor={`${field}-source`}>{goesOver ? 'Goes over' : 'Reads'}</label>
        <select
          id={`${field}-source`}
          value={input.source}
          onChange={(event) => change({ source: event.currentTarget.value })}
        >
          <option value="">Choose…</option>
          {draft.files.map(({ key }) => (
            <option key={key} value={`file:${key}`}>
              {key}
            </option>
          ))}
          {draft.stages.map(
            ({ n, id }) =>
              n !== stage.n &&
              id && (
                <option key={n} value={`stage:${id}`}>
                  stage {id}
                </option>
              ),
          )}
        </select>
      </div>
      {isStage && (
        <div className="field">
          <label htmlFor={`${field}-output`}>Which output</label>
          <input
            id={`${field}-output`}
            placeholder="standard output"
            spellCheck={false}
            value={input.output}
            onChange={(event) => change({ output: event.currentTarget.value })}
          />
        </div>
      )}
      <div className="field">
        <label htmlFor={`${field}-where`}>Given</label>
        <select
          id={`${field}-where`}
          value={input.where}
          onChange={(event) => change({ where: event.currentTarget.value as DraftInput['where'] })}
        >
          {places.map(({ where, label }) => (
            <option key={where} value={where}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {input.where !== 'stdin' && (
        <div className="field">
          <label htmlFor={`${field}-name`}>Named</label>
          <input
            id={`${field}-name`}
            placeholder={input.where === 'file' ? 'input.txt' : 'pieces'}
            spellCheck={false}
            value={input.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
        </div>
      )}
      {(goesOver || input.where === 'folder') && (
        <div className="field">
          <label htmlFor={`${field}-lines`}>Lines in a piece</label>
          <input
            id={`${field}-lines`}
            inputMode="numeric"
            placeholder={isStage ? 'a result each' : 'all'}
            value={input.lines}
            onChange={(event) => change({ lines: digits(event.currentTarget.value) })}
          />
        </div>
      )}
      <button type="button" className="button quiet" onClick={onRemove}>
        Take away
      </button>
    </div>
  )
}
