import { useId } from 'react'
import type { Parameter } from '../../../examples/gallery.ts'
import { Switch } from '../parts/Switch.tsx'
import { complaint } from './values.ts'

type Value = string | number | boolean
type FieldProps = {
  readonly parameter: Exclude<Parameter, { type: 'files' }>
  readonly value: Value | undefined
  readonly onChange: (value: Value) => void
}

/** One parameter of a ready-made job, with its help and what is wrong with its value. */
export function ParameterField({ parameter, value, onChange }: FieldProps) {
  const id = useId()
  if (parameter.type === 'flag') {
    return (
      <Switch isOn={value === true} onChange={onChange} hint={parameter.help}>
        {parameter.label}
      </Switch>
    )
  }
  const wrong = complaint(parameter, value)
  const below = wrong ?? parameter.help
  return (
    <div className={parameter.type === 'integer' ? 'field narrow' : 'field'}>
      <label htmlFor={id}>{parameter.label}</label>
      {parameter.type === 'choice' ? (
        <select id={id} value={String(value)} onChange={(event) => onChange(event.currentTarget.value)}>
          {parameter.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      ) : parameter.type === 'text' && parameter.rows ? (
        <textarea
          id={id}
          rows={parameter.rows}
          spellCheck={false}
          value={String(value ?? '')}
          aria-invalid={wrong !== undefined}
          aria-describedby={below ? `${id}-help` : undefined}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <input
          id={id}
          inputMode={parameter.type === 'integer' ? 'numeric' : 'text'}
          autoComplete="off"
          value={String(value ?? '')}
          aria-invalid={wrong !== undefined}
          aria-describedby={below ? `${id}-help` : undefined}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
      {below && (
        <small id={`${id}-help`} className={wrong ? 'wrong' : 'soft'}>
          {below}
        </small>
      )}
    </div>
  )
}
