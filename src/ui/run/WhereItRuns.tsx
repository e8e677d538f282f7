import { useId } from 'react'
import type { SubmitRequest } from '../../sdk/api.ts'

export type Here = NonNullable<SubmitRequest['here']>

const places: readonly { readonly value: Here; readonly label: string }[] = [
  { value: 'no', label: 'In other tabs' },
  { value: 'too', label: 'In other tabs and in this one' },
  { value: 'only', label: 'Only here, as your own work' },
]

export function WhereItRuns({ here, onChange }: { here: Here; onChange: (here: Here) => void }) {
  const name = useId()
  return (
    <fieldset>
      <legend>Where it runs</legend>
      {places.map(({ value, label }) => (
        <label key={value} className="choice">
          <input type="radio" name={name} checked={here === value} onChange={() => onChange(value)} />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
