import { type ReactNode, useId } from 'react'

type SwitchProps = {
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly children: ReactNode
  /** What it means, below. */
  readonly hint?: ReactNode
  readonly isDisabled?: boolean
}

export function Switch({ isOn, onChange, children, hint, isDisabled = false }: SwitchProps) {
  const nameId = useId()
  const hintId = useId()
  return (
    <label className="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={isOn}
        checked={isOn}
        disabled={isDisabled}
        aria-labelledby={nameId}
        aria-describedby={hint ? hintId : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span className="track" aria-hidden="true" />
      <span className="switch-words">
        <span id={nameId}>{children}</span>
        {hint && (
          <small id={hintId} className="soft">
            {hint}
          </small>
        )}
      </span>
    </label>
  )
}
