import { type FormEvent, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { TerminalView } from '../../activity/live.ts'
import type { JobView, Mesh } from '../../sdk/api.ts'
import { type Failure, failureOf } from '../app/failure.ts'
import { useMesh, useNodeHandle } from '../app/use-mesh.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { isOver } from './job-words.ts'
import { transcriptOf } from './transcript.ts'

const nothing: TerminalView = {
  pieces: [],
  input: new Uint8Array(0),
  readBytes: 0,
  isAwaitingInput: false,
  isInputEnded: false,
  isOver: false,
  starts: 0,
}

/** What a running program writes, and a line to type into it. */
export function Terminal({ job, index }: { job: JobView; index: number }) {
  const { id, spec } = job
  const view = useMesh(useCallback((mesh: Mesh) => mesh.job(id)?.terminal(index).view(), [id, index])) ?? nothing
  const isEnded = view.isOver || isOver(job)
  const mesh = useNodeHandle()
  useEffect(() => void mesh.job(id)?.terminal(index).recall(), [mesh, id, index])
  return (
    <>
      {view.starts > 1 && (
        <p className="small soft">
          The tab that ran it was lost. It was begun again elsewhere with what you had typed.
        </p>
      )}
      <Log view={view} isEnded={isEnded} />
      <p className={`terminal-state ${view.isAwaitingInput ? 'waits' : 'soft'}`} role="status">
        {stateOf(view, isEnded)}
      </p>
      {spec.isInteractive && !isEnded && <TypeLine job={id} index={index} isEnded={view.isInputEnded} />}
    </>
  )
}

function stateOf({ isAwaitingInput, isInputEnded, starts }: TerminalView, isEnded: boolean): string {
  if (isEnded) return 'The program has ended.'
  if (starts === 0) return 'The program has not begun yet.'
  if (isAwaitingInput) return 'The program waits for your input.'
  return isInputEnded ? 'The program runs. It gets no more input.' : 'The program runs.'
}

function Log({ view, isEnded }: { view: TerminalView; isEnded: boolean }) {
  const { passages, isCut } = useMemo(() => transcriptOf(view), [view])
  const box = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was added is what moves the end
  useLayoutEffect(() => {
    if (box.current && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight
  }, [passages])
  return (
    <div
      ref={box}
      className="terminal-log"
      role="log"
      aria-live="polite"
      aria-label="What the program writes"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: at }) => {
        isAtEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < lineHeight
      }}
    >
      {isCut && <p className="small soft terminal-cut">Earlier lines are not shown.</p>}
      <pre>
        {passages.map(({ kind, text, at }) => (
          <span key={`${kind} ${at}`} className={kind}>
            {text}
          </span>
        ))}
        {passages.length === 0 && <span className="soft">{isEnded ? 'It wrote nothing here.' : 'Nothing yet.'}</span>}
      </pre>
    </div>
  )
}

/** Within a line of the end somebody reads along. */
const lineHeight = 24

function TypeLine({ job, index, isEnded }: { job: JobView['id']; index: number; isEnded: boolean }) {
  const mesh = useNodeHandle()
  const [line, setLine] = useState('')
  const [failure, setFailure] = useState<Failure>()
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  const terminal = () => mesh.job(job)?.terminal(index)
  const said = (
    outcome: Awaited<ReturnType<NonNullable<ReturnType<typeof terminal>>['write']>> | undefined,
  ): boolean => {
    const isOk = outcome?.ok === true
    setFailure(isOk ? undefined : failureOf(Object.assign(new Error(''), { code: outcome?.code ?? 'job-unknown' })))
    return isOk
  }
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const typed = line
    setLine('')
    if (!said(await terminal()?.write(`${typed}\n`))) setLine(typed)
    field.current?.focus()
  }
  return (
    <form className="terminal-line" onSubmit={send}>
      <label htmlFor={id} className="visually-hidden">
        Type to the program
      </label>
      <input
        id={id}
        ref={field}
        value={line}
        disabled={isEnded}
        placeholder={isEnded ? 'You ended the input.' : 'Type a line'}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        enterKeyHint="send"
        maxLength={mostLine}
        onChange={(event) => setLine(event.currentTarget.value)}
      />
      <button type="submit" className="button" disabled={isEnded}>
        Send
      </button>
      <button type="button" className="button" disabled={isEnded} onClick={async () => said(await terminal()?.end())}>
        End the input
      </button>
      {failure && <FailureNotice failure={failure} />}
    </form>
  )
}

/** A pasted page of text fits. */
const mostLine = 16_384
