import type { ReactNode } from 'react'
import type { Failure } from '../app/failure.ts'
import { wordsFor } from '../words.ts'

/** A box that says how something stands: its colour carries the state, its first words say it too. */
export function Notice({ tone, children }: { tone: 'green' | 'amber' | 'red' | 'plain'; children: ReactNode }) {
  return (
    <div className={`notice ${tone}`} role={tone === 'red' ? 'alert' : undefined}>
      {children}
    </div>
  )
}

/** What happened, whose side it is on, what to do, and the code to look up. */
export function FailureNotice({ failure, children }: { failure: Failure; children?: ReactNode }) {
  const words = wordsFor(failure.code)
  return (
    <Notice tone="red">
      <p>
        <strong>{words.what}</strong> {words.side}
      </p>
      <p>{words.todo}</p>
      {children}
      <p className="soft small">
        Code <code>{failure.code}</code>
        {failure.message && <> · {failure.message}</>}
      </p>
    </Notice>
  )
}
