import { type ReactNode, useId } from 'react'
import type { CheckEstimate } from '../../sdk/api-checking.ts'
import { Term } from '../parts/Term.tsx'
import { costWords, howNames, howWords } from './sure-words.ts'
import { confidences, type How, hows, type SureAsked, type Sureness } from './sureness.ts'

type SureProps = {
  readonly sureness: Sureness
  readonly asked: SureAsked
  /** In a sentence, why answers cannot be compared; then there is nothing to choose. */
  readonly notCompared: string | undefined
  /** What it costs and gives with the providers in sight; undefined where that is not known. */
  readonly checks: CheckEstimate | undefined
  readonly onChange: (sureness: Sureness) => void
}

/** How results are checked before they are given. */
export function HowSure({ sureness, asked, notCompared, checks, onChange }: SureProps) {
  const id = useId()
  const { how } = sureness
  const change = (part: Partial<Sureness>): void => onChange({ ...sureness, ...part })
  return (
    <div className="field">
      <label htmlFor={id}>How sure</label>
      <select
        id={id}
        value={notCompared ? 'once' : how}
        disabled={notCompared !== undefined}
        aria-describedby={`${id}-hint`}
        onChange={(event) => change({ how: event.currentTarget.value as How })}
      >
        {hows.map((one) => (
          <option key={one} value={one}>
            {howNames[one]}
          </option>
        ))}
      </select>
      {!notCompared && <Details sureness={sureness} onChange={change} />}
      <small id={`${id}-hint`} className={asked.kind === 'lacking' && !notCompared ? 'wrong' : 'soft'}>
        {notCompared ?? (asked.kind === 'lacking' ? asked.words : howWords[how])}
        {!notCompared && how === 'witnessed' && (
          <>
            {' '}
            A <Term word="witness">witness</Term> signs what it came to.
          </>
        )}
      </small>
      {checks && !notCompared && asked.kind === 'asked' && (
        <p className={checks.best === undefined ? 'small' : 'small amber-words'} role="status">
          {costWords(checks, how)}
        </p>
      )}
    </div>
  )
}

type DetailsProps = { readonly sureness: Sureness; readonly onChange: (part: Partial<Sureness>) => void }

function Details({ sureness: { how, quorum, of, witnesses, confidence, typed }, onChange }: DetailsProps) {
  if (how === 'quorum') {
    return (
      <span className="row sure-numbers">
        <Small label="Tabs that agree" value={quorum} onChange={(quorum) => onChange({ quorum })} />
        of
        <Small label="Tabs that are asked" value={of} onChange={(of) => onChange({ of })} />
        agree
      </span>
    )
  }
  if (how === 'witnessed') {
    return (
      <span className="row sure-numbers">
        <Small label="Witnesses of each tab" value={witnesses} onChange={(witnesses) => onChange({ witnesses })} />
        {witnesses.trim() === '1' ? 'witness' : 'witnesses'} of each tab
      </span>
    )
  }
  if (how !== 'confidence') return null
  return (
    <Row legend="So large a part of the results is right">
      {confidences.map((one) => (
        <label key={one} className="choice">
          <input type="radio" checked={confidence === one} onChange={() => onChange({ confidence: one })} />
          {one} %
        </label>
      ))}
      <label className="choice">
        <input type="radio" checked={confidence === 'typed'} onChange={() => onChange({ confidence: 'typed' })} />
        <Small
          label="Another share, in percent"
          value={typed}
          placeholder="99.5"
          onChange={(typed) => onChange({ typed, confidence: 'typed' })}
        />
        %
      </label>
    </Row>
  )
}

function Row({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className="sure-shares">
      <legend className="visually-hidden">{legend}</legend>
      {children}
    </fieldset>
  )
}

type SmallProps = {
  readonly label: string
  readonly value: string
  readonly placeholder?: string
  readonly onChange: (value: string) => void
}

/** A number of a few digits, in the middle of a sentence. */
function Small({ label, value, placeholder, onChange }: SmallProps) {
  return (
    <input
      className="small-number number"
      inputMode="decimal"
      autoComplete="off"
      aria-label={label}
      maxLength={8}
      value={value}
      {...(placeholder !== undefined && { placeholder })}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
