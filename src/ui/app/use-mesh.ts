import { createContext, useContext, useMemo, useSyncExternalStore } from 'react'
import { assert } from '../../kernel/assert.ts'
import type { Mesh } from '../../sdk/api.ts'
import type { Donation, DonationState } from './donation.ts'
import type { NodeState, NodeStore } from './node-store.ts'

/** All that the components reach the world by. */
export type Shell = { readonly node: NodeStore; readonly donation: Donation }

export const ShellContext = createContext<Shell | undefined>(undefined)

export function useShell(): Shell {
  const shell = useContext(ShellContext)
  assert(shell, 'components stand under a ShellContext')
  return shell
}

export function useNode(): NodeState {
  const { node } = useShell()
  return useSyncExternalStore(node.subscribe, node.read)
}

export function useDonation(): DonationState {
  const { donation } = useShell()
  return useSyncExternalStore(donation.subscribe, donation.read)
}

/** The running node. Only for components that are shown while there is one: see `WithMesh`. */
export function useNodeHandle(): Mesh {
  const state = useNode()
  assert(state.kind === 'ready', 'the node is running')
  return state.mesh
}

/**
 * What `selector` gives, now and whenever it changes, at most fifteen times a second: numbers that change faster are not
 * read by anybody.
 * @param selector must keep its identity between renders: a constant of the module, or from useCallback
 */
export function useMesh<T>(selector: (mesh: Mesh) => T): T {
  const mesh = useNodeHandle()
  const view = useMemo(() => viewOf(mesh, selector), [mesh, selector])
  return useSyncExternalStore(view.subscribe, view.read)
}

const restMs = 66

function viewOf<T>(mesh: Mesh, selector: (mesh: Mesh) => T) {
  let value = selector(mesh)
  return {
    read: () => value,
    subscribe: (changed: () => void) => {
      let resting: ReturnType<typeof setTimeout> | undefined
      let isStale = false
      const tell = (): void => {
        value = selector(mesh)
        isStale = false
        resting = setTimeout(() => {
          resting = undefined
          if (isStale) tell()
        }, restMs)
        changed()
      }
      value = selector(mesh) // it may have changed between the first look and this subscription
      const unsubscribe = mesh.subscribe(selector, () => {
        isStale = true
        if (resting === undefined) tell()
      })
      return () => {
        clearTimeout(resting)
        unsubscribe()
      }
    },
  }
}
