import type { ReactNode } from 'react'
import type { Failure } from '../app/failure.ts'
import { notLoaded } from '../saying.ts'
import { useLoaded } from './use-loaded.ts'

type NoticeProps = {
  readonly tone: 'green' | 'amber' | 'red' | 'calm'
  /** Words and buttons side by side where there is room. */
  readonly isLine?: boolean
  readonly children: ReactNode
}

/** A box that says how something stands: its colour carries the state, its first words say it too. */
export function Notice({ tone, isLine = false, children }: NoticeProps) {
  return (
    <div className={isLine ? `notice line ${tone}` : `notice ${tone}`} role={tone === 'red' ? 'alert' : undefined}>
      {children}
    </div>
  )
}

type FailureProps = {
  readonly failure: Failure
  /** Amber where nothing is lost. */
  readonly tone?: 'red' | 'amber'
  readonly children?: ReactNode
}

/** With the first failure: most visits see none. */
const loadWords = () => import('../words.ts')

/** What happened, whose side it is on, what to do, and the code to look up. */
export function FailureNotice({ failure, tone = 'red', children }: FailureProps) {
  const table = useLoaded(loadWords)
  const words = table.kind === 'ready' ? table.value.wordsFor(failure.code) : table.kind === 'failed' && notLoaded
  return (
    <Notice tone={tone}>
      {words && (
        <>
          <p role={tone === 'amber' ? 'status' : undefined}>
            <strong>{words.what}</strong> {words.side}
          </p>
          <p>{words.todo}</p>
        </>
      )}
      {children}
      <p className="soft small">
        Code <code>{failure.code}</code>
        {failure.phase && <> · phase {failure.phase}</>}
        {failure.message && <> · {failure.message}</>}
      </p>
    </Notice>
  )
}
