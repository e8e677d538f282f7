import { useId } from 'react'
import type { CallableForm } from '../../activity/function-forms.ts'
import { exampleOf, type OwnCalls, type ReadCalls, signatureOf } from './own-calls.ts'

type ListProps = {
  readonly forms: readonly CallableForm[]
  readonly form: CallableForm
  readonly calls: OwnCalls
  readonly read: ReadCalls
  readonly onChange: (calls: OwnCalls) => void
}

/** Which function of a module is called, and with what: each call is a task. */
export function CallList({ forms, form, calls, read, onChange }: ListProps) {
  const id = useId()
  const change = (part: Partial<OwnCalls>): void => onChange({ ...calls, ...part })
  const isWrong = read.kind === 'lacking' && read.isWrong
  const takesMany = form.params.length > 1
  return (
    <>
      <div className="field">
        <label htmlFor={`${id}-function`}>Function</label>
        <select
          id={`${id}-function`}
          value={form.name}
          onChange={(event) => change({ invoke: event.currentTarget.value })}
        >
          {forms.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <small className="soft">
          <code>{signatureOf(form)}</code>
        </small>
      </div>
      {form.params.length === 0 ? (
        <p className="small soft">It takes no values, and is called once.</p>
      ) : (
        <fieldset>
          <legend>Calls</legend>
          <label className="choice">
            <input
              type="radio"
              name={`${id}-given`}
              checked={calls.given === 'lines'}
              onChange={() => change({ given: 'lines' })}
            />
            One call a line
          </label>
          <label className="choice">
            <input
              type="radio"
              name={`${id}-given`}
              checked={calls.given === 'range'}
              onChange={() => change({ given: 'range' })}
            />
            {takesMany ? 'A range for the first value' : 'A range'}
          </label>
          {calls.given === 'lines' ? (
            <div className="field">
              <label htmlFor={`${id}-lines`}>
                {takesMany ? 'Values of each call, with spaces between them' : 'Value of each call'}
              </label>
              <textarea
                id={`${id}-lines`}
                rows={6}
                spellCheck={false}
                value={calls.lines}
                placeholder={exampleOf(form.params)}
                aria-invalid={isWrong}
                aria-describedby={isWrong ? `${id}-wrong` : undefined}
                onChange={(event) => change({ lines: event.currentTarget.value })}
              />
            </div>
          ) : (
            <div className="parameters">
              <Value label="From" value={calls.from} onChange={(from) => change({ from })} />
              <Value label="To" value={calls.to} onChange={(to) => change({ to })} />
              {takesMany && (
                <Value
                  label="The other values, the same each time"
                  isWide
                  value={calls.rest}
                  placeholder={exampleOf(form.params.slice(1))}
                  onChange={(rest) => change({ rest })}
                />
              )}
            </div>
          )}
          {isWrong && (
            <small className="wrong" id={`${id}-wrong`} role="status">
              {read.words}
            </small>
          )}
        </fieldset>
      )}
    </>
  )
}

type ValueProps = {
  readonly label: string
  readonly value: string
  readonly placeholder?: string
  readonly isWide?: boolean
  readonly onChange: (value: string) => void
}

function Value({ label, value, placeholder, isWide = false, onChange }: ValueProps) {
  const id = useId()
  return (
    <div className={isWide ? 'field' : 'field narrow'}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        autoComplete="off"
        value={value}
        placeholder={placeholder}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  )
}
