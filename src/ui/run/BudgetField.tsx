import { useId } from 'react'
import { credits, creditsTyped } from '../parts/credits.ts'

type BudgetProps = {
  /** As it was typed. */
  readonly value: string
  readonly onChange: (value: string) => void
  /** 'The whole job', 'The whole workflow'. */
  readonly whole: string
}

/** Micro-credits of what was typed; undefined where that is no amount. */
export const budgetOf = (typed: string): bigint | undefined => creditsTyped(typed === '' ? '0' : typed)

export function BudgetField({ value, onChange, whole }: BudgetProps) {
  const id = useId()
  const maxPrice = budgetOf(value)
  return (
    <div className="field">
      <label htmlFor={id}>Budget in credits</label>
      <input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        placeholder="0"
        value={value}
        aria-invalid={maxPrice === undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <small className="soft">
        {maxPrice === undefined
          ? 'An amount such as 0.5.'
          : maxPrice === 0n
            ? '0: only donated work is asked for.'
            : `${whole} costs at most ${credits(maxPrice)}.`}
      </small>
    </div>
  )
}
