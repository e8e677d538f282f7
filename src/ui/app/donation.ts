import type { Mesh, Provider } from '../../sdk/api.ts'
import { type Failure, failureOf } from './failure.ts'
import { recall, remember } from './memory.ts'
import type { NodeStore } from './node-store.ts'
import { provideOptions, recallSettings, rememberSettings, type Settings } from './settings.ts'
import { createStore, type Store } from './store.ts'

export type DonationState = {
  readonly settings: Settings
  readonly step: 'still' | 'starting' | 'stopping'
  /** Went on by itself after a reload; nobody pressed the button this time. */
  readonly isResumed: boolean
  readonly failure?: Failure | undefined
}

/** The person's decision to donate, kept over reloads of this tab, and how it is carried out. */
export type Donation = Pick<Store<DonationState>, 'read' | 'subscribe'> & {
  start(): Promise<void>
  stop(): Promise<void>
  change(part: Partial<Settings>): void
  dismissNotice(): void
}

/** A reload finds this key with the node's own identity; a duplicated tab has another identity and asks again. */
const donatingKey = 'donating'
/** A slider gives tens of values a second; terms change once it rests that long. */
const settleMs = 300

const isDonating = (mesh: Mesh): boolean => mesh.provider().isOn

export function createDonation(node: NodeStore): Donation {
  const store = createStore<DonationState>({ settings: recallSettings(), step: 'still', isResumed: false })
  const update = (part: Partial<DonationState>): void => store.write({ ...store.read(), ...part })
  let provider: Provider | undefined
  let settling: ReturnType<typeof setTimeout> | undefined

  const meshNow = (): Mesh | undefined => {
    const state = node.read()
    return state.kind === 'ready' ? state.mesh : undefined
  }
  const provide = async (mesh: Mesh): Promise<void> => {
    provider = await mesh.provide(provideOptions(store.read().settings))
  }
  const start = async (): Promise<void> => {
    const mesh = meshNow()
    if (!mesh) return
    update({ step: 'starting', failure: undefined })
    try {
      await provide(mesh)
      // At the data cap nothing is lent, and a reload must not begin it unasked.
      remember('tab', donatingKey, isDonating(mesh) ? mesh.did : undefined)
      update({ step: 'still' })
    } catch (cause) {
      update({ step: 'still', failure: failureOf(cause) })
    }
  }
  const stop = async (): Promise<void> => {
    remember('tab', donatingKey, undefined)
    update({ step: 'stopping', isResumed: false })
    try {
      const mesh = meshNow()
      if (!provider && mesh) await provide(mesh) // begun from the console: the same call gives its handle
      await provider?.stop()
      provider = undefined
      update({ step: 'still', failure: undefined })
    } catch (cause) {
      update({ step: 'still', failure: failureOf(cause) })
    }
  }
  const applySoon = (): void => {
    clearTimeout(settling)
    settling = setTimeout(() => {
      const mesh = meshNow()
      if (mesh?.provider().isOn) provide(mesh).catch((cause) => update({ failure: failureOf(cause) }))
    }, settleMs)
  }
  node.subscribe(() => {
    provider = undefined
    if (node.read().kind === 'offline') {
      remember('tab', donatingKey, undefined) // whoever leaves presses again
      update({ isResumed: false })
    }
    const mesh = meshNow()
    mesh?.subscribe(isDonating, (isOn) => {
      if (isOn || mesh !== meshNow()) return
      remember('tab', donatingKey, undefined) // whatever stopped it, the person begins it again
      update({ isResumed: false })
    })
    if (!mesh || recall('tab', donatingKey) !== mesh.did) return
    update({ isResumed: true })
    void start()
  })
  return {
    read: store.read,
    subscribe: store.subscribe,
    start,
    stop,
    dismissNotice: () => update({ isResumed: false, failure: undefined }),
    change: (part) => {
      const before = store.read().settings
      const settings = { ...before, ...part }
      rememberSettings(settings)
      update({ settings })
      if (JSON.stringify(termsOf(settings)) !== JSON.stringify(termsOf(before))) applySoon()
    },
  }
}

/** What the network is told; tone and screen are between the person and this browser. */
const termsOf = ({ worksHidden, keepsScreenOn, ...terms }: Settings) => terms
