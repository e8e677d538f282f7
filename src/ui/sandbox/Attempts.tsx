import { useState } from 'react'
import type { BreakingAttempt } from '../../sdk/api-sandbox.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { counted, duration, whole } from '../parts/format.ts'
import { wordsFor } from '../words.ts'

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running' | 'over'; readonly attempts: readonly BreakingAttempt[] }
  | { readonly kind: 'failed'; readonly message: string }

/** The corpus of hostile programs, run here and now. */
export function Attempts() {
  const mesh = useNodeHandle()
  const [state, setState] = useState<State>({ kind: 'idle' })
  const attempts = 'attempts' in state ? state.attempts : []
  const withstood = attempts.filter(({ isWithstood }) => isWithstood).length

  async function run(): Promise<void> {
    const done: BreakingAttempt[] = []
    setState({ kind: 'running', attempts: done })
    try {
      for await (const attempt of mesh.sandbox.tryToBreak()) {
        done.push(attempt)
        setState({ kind: 'running', attempts: [...done] })
      }
      setState({ kind: 'over', attempts: done })
    } catch (error) {
      setState({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  }

  return (
    <section className="stack" aria-labelledby="attempts-title">
      <h2 id="attempts-title">Try to break it</h2>
      <p className="soft">
        Programs that mean harm are run here, each with little fuel and three seconds. After each, a harmless one has to
        run in the same worker.
      </p>
      <button
        type="button"
        className="button attempts-start"
        disabled={state.kind === 'running'}
        onClick={() => void run()}
      >
        {state.kind === 'running' ? 'Trying…' : state.kind === 'over' ? 'Try again' : 'Try to break it'}
      </button>
      {state.kind === 'failed' && <p role="alert">It could not be tried: {state.message}</p>}
      {attempts.length > 0 && (
        <p role="status">
          {state.kind === 'over' && withstood === attempts.length
            ? `All ${counted(attempts.length, 'program')} stopped.`
            : `${whole(withstood)} of ${counted(attempts.length, 'program')} stopped${state.kind === 'running' ? ' so far' : ''}.`}
        </p>
      )}
      <ol className="plain abilities attempts">
        {attempts.map((attempt) => (
          <Attempt key={attempt.name} attempt={attempt} />
        ))}
      </ol>
    </section>
  )
}

function Attempt({
  attempt: { name, tries, end, isRefused, isWithstood, fuel, tookMs },
}: {
  attempt: BreakingAttempt
}) {
  const how = end === 'harmless' ? 'It came to nothing.' : wordsFor(end).what
  return (
    <li className={isWithstood ? undefined : 'red'}>
      <span className="mark" aria-hidden="true">
        {isWithstood ? '✓' : '✕'}
      </span>
      <span>
        <strong>{name}</strong>: it {tries}
        <small className="soft">
          {isWithstood ? '' : 'Not as it should be. '}
          {how} <code>{end}</code>
          {isRefused ? ', before it ran' : `, ${fuelWords(fuel)}after ${duration(tookMs)}`}
        </small>
      </span>
    </li>
  )
}

const fuelWords = (fuel: bigint): string => (fuel > 0n ? `${whole(Number(fuel))} units of fuel, ` : '')
