import { useCallback } from 'react'
import { useLoaded } from '../parts/use-loaded.ts'
import { abilities } from './abilities.ts'

/** What works here, tried out now, and what follows from what does not. */
export function SelfTest() {
  const outcomes = useLoaded(
    useCallback(
      () =>
        Promise.all(
          abilities.map(async (ability) =>
            Boolean(
              await Promise.resolve()
                .then(ability.test)
                .catch(() => false),
            ),
          ),
        ),
      [],
    ),
  )
  return (
    <section className="stack" aria-labelledby="self-test-title">
      <h2 id="self-test-title">What works in this browser</h2>
      <ul className="plain abilities">
        {abilities.map(({ name, without, isVital }, at) => {
          const works = outcomes.kind === 'ready' ? outcomes.value[at] : undefined
          return (
            <li key={name} className={works === false ? (isVital ? 'red' : 'amber') : undefined}>
              <span className="mark" aria-hidden="true">
                {works === undefined ? '…' : works ? '✓' : '✕'}
              </span>
              <span>
                {name}
                <span className="visually-hidden">
                  {works === undefined ? ': being tried' : works ? ': works' : ': missing'}
                </span>
                {works === false && <small className="soft">{without}</small>}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
