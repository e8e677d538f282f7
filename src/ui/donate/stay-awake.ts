import type { Mesh } from '../../sdk/api.ts'
import type { Donation } from '../app/donation.ts'
import type { NodeStore } from '../app/node-store.ts'
import { createStore, type Store } from '../app/store.ts'
import { createQuietTone } from './quiet-tone.ts'
import { createScreenLock } from './wake-lock.ts'

/** What keeps this tab and its screen awake right now, which may be less than what was switched on. */
export type AwakeState = { readonly isToneOn: boolean; readonly isScreenHeld: boolean }
export type Awake = Pick<Store<AwakeState>, 'read' | 'subscribe'>

const isDonating = (mesh: Mesh): boolean => mesh.provider().isOn

/** Obeys the two switches, and only while this tab donates: whoever stops donating silences both. */
export function stayAwake(node: NodeStore, donation: Donation): Awake {
  const store = createStore<AwakeState>({ isToneOn: false, isScreenHeld: false })
  const tone = createQuietTone((isToneOn) => store.write({ ...store.read(), isToneOn }))
  const screen = createScreenLock((isScreenHeld) => store.write({ ...store.read(), isScreenHeld }))
  let leave: (() => void) | undefined
  let wanted = { tone: false, screen: false }

  const obey = (): void => {
    const state = node.read()
    const isOn = state.kind === 'ready' && isDonating(state.mesh)
    const { worksHidden, keepsScreenOn } = donation.read().settings
    const now = { tone: isOn && worksHidden, screen: isOn && keepsScreenOn }
    if (now.tone !== wanted.tone) now.tone ? tone.start() : tone.stop()
    if (now.screen !== wanted.screen) now.screen ? screen.start() : screen.stop()
    wanted = now
  }
  node.subscribe(() => {
    leave?.()
    const state = node.read()
    leave = state.kind === 'ready' ? state.mesh.subscribe(isDonating, obey) : undefined
    obey()
  })
  donation.subscribe(obey)
  return { read: store.read, subscribe: store.subscribe }
}
