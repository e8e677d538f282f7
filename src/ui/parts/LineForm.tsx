import { type FormEvent, type ReactNode, useId, useState } from 'react'

type LineFormProps = {
  readonly label: string
  /** On the button, and while what it began is under way. */
  readonly says: string
  readonly busy?: string
  readonly placeholder?: string
  readonly maxLength?: number
  /** It names somebody: there are no words in it to be spelt. */
  readonly isIdentity?: boolean
  /** The one filled button of its page. */
  readonly isMain?: boolean
  /** What the line has to be before it can be sent; anything but nothing unless said. */
  mayBe?(line: string): boolean
  /** Between the line and the button. */
  readonly children?: ReactNode
  /** @returns whether it was taken, and the line is to be empty again */
  onSay(line: string): Promise<boolean>
}

/** One line that somebody types and sends. */
export function LineForm(props: LineFormProps) {
  const { label, says, busy = says, placeholder, maxLength, mayBe = isSomething, children } = props
  const id = useId()
  const [line, setLine] = useState('')
  const [isBusy, setBusy] = useState(false)
  const said = line.trim()
  const say = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    if (await props.onSay(said)) setLine('')
    setBusy(false)
  }
  return (
    <form className="field" onSubmit={say}>
      <label htmlFor={id}>{label}</label>
      <span className="row">
        <input
          id={id}
          className="grow"
          autoComplete="off"
          spellCheck={!props.isIdentity}
          placeholder={placeholder}
          maxLength={maxLength}
          value={line}
          onChange={(event) => setLine(event.currentTarget.value)}
        />
        {children}
        <button type="submit" className={props.isMain ? 'button main' : 'button'} disabled={isBusy || !mayBe(said)}>
          {isBusy ? busy : says}
        </button>
      </span>
    </form>
  )
}

const isSomething = (line: string): boolean => line !== ''
