import { useId } from 'react'
import { presets } from '../../market/presets.ts'
import { type Choosing, choosingAsked, type Strategy, strategies, usualChoosing } from './choosing.ts'
import { strategyNames } from './sure-words.ts'
import type { Wishes } from './sureness.ts'

type FieldsProps = { readonly wishes: Wishes; readonly onChange: (choosing: Choosing) => void }

/** Who goes first and who is left out, where a preset is not enough: folded away until it is wanted. */
export function ChoosingFields({ wishes: { preset, choosing }, onChange }: FieldsProps) {
  const id = useId()
  const byName = presets[preset]
  const change = (part: Partial<Choosing>): void => onChange({ ...choosing, ...part })
  const asked = choosingAsked(choosing)
  const isHybrid = (choosing.strategy || byName.selection) === 'hybrid'
  const isSaid = JSON.stringify(choosing) !== JSON.stringify(usualChoosing)
  return (
    <details className="disclosure" open={isSaid || undefined}>
      <summary>Who is asked</summary>
      <div className="field">
        <label htmlFor={id}>Who goes first</label>
        <select
          id={id}
          value={choosing.strategy}
          onChange={(event) => change({ strategy: event.currentTarget.value as Strategy | '' })}
        >
          <option value="">As chosen above</option>
          {strategies.map((one) => (
            <option key={one} value={one}>
              {strategyNames[one]}
            </option>
          ))}
        </select>
      </div>
      {isHybrid && (
        <div className="parameters limits">
          <Field
            label="A good name weighs"
            value={choosing.nameWeight}
            placeholder={String(byName.reputationWeightPermille / 10)}
            onChange={(nameWeight) => change({ nameWeight })}
          />
          <Field
            label="A low price weighs"
            value={choosing.priceWeight}
            placeholder={String(byName.priceWeightPermille / 10)}
            onChange={(priceWeight) => change({ priceWeight })}
          />
        </div>
      )}
      <Field
        label="Least score, of 100"
        value={choosing.leastScore}
        placeholder={String(byName.minReputationPermille / 10)}
        hint="Whoever is not known has 50."
        onChange={(leastScore) => change({ leastScore })}
      />
      <Field
        label="Regions"
        value={choosing.regions}
        placeholder="Anywhere"
        hint="Such as eu, de: what tabs say of themselves."
        onChange={(regions) => change({ regions })}
      />
      {asked.kind === 'lacking' && <small className="wrong">{asked.words}</small>}
    </details>
  )
}

type FieldProps = {
  readonly label: string
  readonly value: string
  readonly placeholder: string
  readonly hint?: string
  readonly onChange: (value: string) => void
}

function Field({ label, value, placeholder, hint, onChange }: FieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        autoComplete="off"
        spellCheck={false}
        maxLength={256}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {hint && <small className="soft">{hint}</small>}
    </div>
  )
}
