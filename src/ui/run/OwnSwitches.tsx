import type { RuntimeKind } from '../../activity/runtime-kind.ts'
import { Switch } from '../parts/Switch.tsx'
import type { OwnAgain } from './own-again.ts'

type Wishes = Pick<OwnAgain, 'isInteractive' | 'isDeterministic'>

/** Why it cannot be had, in words; undefined where it can. */
const notTyped = (kind: RuntimeKind | undefined): string | undefined =>
  kind === 'component' || kind === 'function' ? 'Only a command can be typed into.' : undefined

function notTheSame({ isInteractive }: Wishes, kind: RuntimeKind | undefined): string | undefined {
  return isInteractive && !notTyped(kind)
    ? 'Not while it waits for what you type: no two people type alike.'
    : undefined
}

/** What of the wishes this kind of program can keep, as `submit` takes it. */
export function promisesOf(
  wishes: Wishes,
  kind: RuntimeKind | undefined,
): { readonly interactive: boolean; readonly deterministic: boolean } {
  return {
    interactive: wishes.isInteractive && !notTyped(kind),
    deterministic: wishes.isDeterministic && !notTheSame(wishes, kind),
  }
}

type SwitchesProps = {
  readonly own: Wishes
  readonly kind: RuntimeKind | undefined
  readonly onChange: (part: Partial<Wishes>) => void
}

/** Two ways to run that exclude each other; what cannot be had says why. */
export function OwnSwitches({ own, kind, onChange }: SwitchesProps) {
  const { interactive, deterministic } = promisesOf(own, kind)
  const [untyped, differing] = [notTyped(kind), notTheSame(own, kind)]
  return (
    <>
      <Switch
        isOn={interactive}
        isDisabled={untyped !== undefined}
        onChange={(isInteractive) => onChange({ isInteractive })}
        hint={untyped ?? 'You type on the job’s page while it runs. Only tabs that can wait for you are asked.'}
      >
        It waits for what I type
      </Switch>
      <Switch
        isOn={deterministic}
        isDisabled={differing !== undefined}
        onChange={(isDeterministic) => onChange({ isDeterministic })}
        hint={differing ?? 'Clocks and chance are fixed, so every tab computes the same, and anybody can check it.'}
      >
        The same everywhere
      </Switch>
    </>
  )
}
