import type { Mesh } from '../../sdk/api.ts'
import { type Failure, failureOf } from './failure.ts'
import { recall, remember } from './memory.ts'
import { createStore, type Store } from './store.ts'

/** Where the node of this tab stands. */
export type NodeState =
  /** `restored`: entries of the stored log that were read so far, once there are many. */
  | { readonly kind: 'starting'; readonly restored?: number }
  | { readonly kind: 'ready'; readonly mesh: Mesh }
  | { readonly kind: 'offline' }
  | { readonly kind: 'insecure' }
  | { readonly kind: 'failed'; readonly failure: Failure }

export type NodeStore = Pick<Store<NodeState>, 'read' | 'subscribe'> & {
  /** Joins the network, unless this page may not or was told to stay offline. */
  start(): Promise<void>
  /** Leaves the network and stays away, over reloads too, until `join`. */
  stayOffline(): Promise<void>
  join(): Promise<void>
}

const offlineKey = 'offline'

/** @param connect starts a node, and tells how many entries of its log it has read; @param announce is told of it as soon as it has an identity, and of its end */
export function createNodeStore(options: {
  connect(onRestore: (folded: number) => void): Promise<Mesh>
  announce(mesh: Mesh | undefined): void
  readonly isSecure: boolean
}): NodeStore {
  const isOffline = recall('device', offlineKey) === true
  const store = createStore<NodeState>(
    options.isSecure ? { kind: isOffline ? 'offline' : 'starting' } : { kind: 'insecure' },
  )
  let starting: Promise<void> | undefined

  const connectNow = async (): Promise<void> => {
    store.write({ kind: 'starting' })
    try {
      const mesh = await options.connect((restored) => {
        if (store.read().kind === 'starting') store.write({ kind: 'starting', restored })
      })
      if (store.read().kind === 'offline') return await mesh.stop()
      options.announce(mesh)
      store.write({ kind: 'ready', mesh })
    } catch (cause) {
      if (store.read().kind === 'starting') store.write({ kind: 'failed', failure: failureOf(cause) })
    }
  }
  const join = async (): Promise<void> => {
    remember('device', offlineKey, undefined)
    starting ??= connectNow().finally(() => {
      starting = undefined
    })
    await starting
  }
  return {
    read: store.read,
    subscribe: store.subscribe,
    join,
    start: async () => {
      if (store.read().kind === 'starting') await join()
    },
    stayOffline: async () => {
      remember('device', offlineKey, true)
      const before = store.read()
      store.write({ kind: 'offline' })
      if (before.kind !== 'ready') return
      options.announce(undefined)
      await before.mesh.stop()
    },
  }
}
