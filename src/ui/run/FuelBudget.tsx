import { useId } from 'react'
import type { SubmitRequest } from '../../sdk/api.ts'
import { fuel, fuelTyped } from '../parts/format.ts'
import { Term } from '../parts/Term.tsx'

/** As a person typed it. */
export type FuelWish = { readonly most: string; readonly perTask: string }
export const noFuelWish: FuelWish = { most: '', perTask: '' }

/** What is asked for, or what still keeps it from being asked, in words. */
export type FuelAsked =
  | { readonly kind: 'asked'; readonly maxFuel?: bigint; readonly perTask?: bigint }
  | { readonly kind: 'lacking'; readonly words: string }

/** @param ofForm the limit of one task that the form beside has; undefined where it asks for none */
export function fuelAsked({ most, perTask }: FuelWish, ofForm: bigint | undefined): FuelAsked {
  if (most.trim() === '') return { kind: 'asked' }
  const maxFuel = fuelTyped(most)
  if (maxFuel === undefined || maxFuel === 0n)
    return { kind: 'lacking', words: 'A fuel budget is a number such as 250 G.' }
  const one = ofForm ?? (perTask.trim() === '' ? undefined : fuelTyped(perTask))
  if (one === undefined || one === 0n) return { kind: 'lacking', words: 'Say how much fuel one task may use.' }
  if (one > maxFuel) return { kind: 'lacking', words: `One task may use ${fuel(one)}: the budget must be as large.` }
  return { kind: 'asked', maxFuel, ...(ofForm === undefined && { perTask: one }) }
}

type BudgetProps = {
  readonly wish: FuelWish
  readonly limit: NonNullable<SubmitRequest['limits']>['fuel']
  readonly onChange: (wish: FuelWish) => void
}

/** What the whole job may burn, and one task where the form beside does not ask for it. */
export function FuelBudget({ wish, limit, onChange }: BudgetProps) {
  const asked = fuelAsked(wish, limit)
  const isWrong = asked.kind === 'lacking'
  return (
    <div className="fuel-budget">
      <TextField
        label="Fuel budget"
        value={wish.most}
        placeholder="No limit"
        onChange={(most) => onChange({ ...wish, most })}
      />
      {wish.most !== '' && limit === undefined && (
        <TextField
          label="Fuel of one task"
          value={wish.perTask}
          placeholder="10 G"
          onChange={(perTask) => onChange({ ...wish, perTask })}
        />
      )}
      <small className={isWrong ? 'wrong' : 'soft'}>
        {isWrong ? (
          asked.words
        ) : asked.maxFuel === undefined ? (
          <>
            <Term word="fuel">Fuel</Term> is what a program burns, such as <span className="whole">250 G</span>.
          </>
        ) : (
          `The whole job burns at most ${fuel(asked.maxFuel)}. Then it ends, and what is done is kept.`
        )}
      </small>
    </div>
  )
}

type TextProps = {
  readonly label: string
  readonly value: string
  readonly placeholder: string
  readonly onChange: (value: string) => void
}

function TextField({ label, value, placeholder, onChange }: TextProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        autoComplete="off"
        placeholder={placeholder}
        value={value}
        aria-invalid={value !== '' && fuelTyped(value) === undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  )
}
