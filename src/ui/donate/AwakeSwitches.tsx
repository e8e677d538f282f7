import type { Mesh } from '../../sdk/api.ts'
import { useAwake, useDonation, useMesh, useShell } from '../app/use-mesh.ts'
import { Switch } from '../parts/Switch.tsx'
import { WithMesh } from '../parts/WithMesh.tsx'
import { canHoldScreen } from './wake-lock.ts'

const isDonating = (mesh: Mesh): boolean => mesh.provider().isOn

/** For whoever leaves this tab to work by itself: what each does, and what it costs. */
export function AwakeSwitches() {
  const { donation } = useShell()
  const { settings } = useDonation()
  return (
    <>
      <Switch
        isOn={settings.worksHidden}
        onChange={(worksHidden) => donation.change({ worksHidden })}
        hint={
          <>
            Browsers slow hidden tabs down. A tone too low and quiet to hear prevents it; the tab is marked as playing
            sound, and takes a little more power.{' '}
            {settings.worksHidden && (
              <WithMesh instead={null}>
                <ToneNow />
              </WithMesh>
            )}
          </>
        }
      >
        Keep working while this tab is hidden
      </Switch>
      <Switch
        isOn={settings.keepsScreenOn}
        isDisabled={!canHoldScreen()}
        onChange={(keepsScreenOn) => donation.change({ keepsScreenOn })}
        hint={
          canHoldScreen() ? (
            <>
              The screen stays on, and the computer awake, while you donate and this page is in view. It costs the power
              of a lit screen.{' '}
              {settings.keepsScreenOn && (
                <WithMesh instead={null}>
                  <ScreenNow />
                </WithMesh>
              )}
            </>
          ) : (
            'This browser does not offer it.'
          )
        }
      >
        Keep the screen awake
      </Switch>
    </>
  )
}

function ToneNow() {
  const { isToneOn } = useAwake()
  const isOn = useMesh(isDonating)
  if (!isOn) return <strong>It starts when you donate.</strong>
  return <strong>{isToneOn ? 'The tone plays.' : 'The tone starts with your next press on this page.'}</strong>
}

function ScreenNow() {
  const { isScreenHeld } = useAwake()
  const isOn = useMesh(isDonating)
  if (!isOn) return <strong>It starts when you donate.</strong>
  return <strong>{isScreenHeld ? 'The screen is kept on.' : 'The browser does not keep it on now.'}</strong>
}
