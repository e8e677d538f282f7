import { createContext, useContext, useMemo, useSyncExternalStore } from 'react'
import { assert } from '../../kernel/assert.ts'
import type { Mesh } from '../../sdk/api.ts'
import type { Awake, AwakeState } from '../donate/stay-awake.ts'
import type { Donation, DonationState } from './donation.ts'
import type { NodeState, NodeStore } from './node-store.ts'

/** All that the components reach the world by. */
export type Shell = { readonly node: NodeStore; readonly donation: Donation; readonly awake: Awake }

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

export function useAwake(): AwakeState {
  const { awake } = useShell()
  return useSyncExternalStore(awake.subscribe, awake.read)
}

/** The running node. Only for components that are shown while there is one: see `WithMesh`. */
export function useNodeHandle(): Mesh {
  const state = useNode()
  assert(state.kind === 'ready', 'the node is running')
  return state.mesh
}

/**
 * What `selector` gives, now and whenever it changes: a single change at once, a flood of them four times a second, for
 * numbers that change faster are not read by anybody.
 * @param selector must keep its identity between renders: a constant of the module, or from useCallback
 */
export function useMesh<T>(selector: (mesh: Mesh) => T): T {
  const mesh = useNodeHandle()
  const view = useMemo(() => viewOf(mesh, selector), [mesh, selector])
  return useSyncExternalStore(view.subscribe, view.read)
}

const restMs = 250

function viewOf<T>(mesh: Mesh, selector: (mesh: Mesh) => T) {
  let value = selector(mesh)
  return {
    read: () => value,
    subscribe: (changed: () => void) => {
      let resting: ReturnType<typeof setTimeout> | undefined
      let unsubscribe: (() => void) | undefined
      const tell = (next: T): void => {
        value = next
        unsubscribe?.() // while it rests nothing is even looked at: making a view costs more than showing it
        unsubscribe = undefined
        resting = setTimeout(look, restMs)
        changed()
      }
      const look = (): void => {
        const next = selector(mesh)
        if (Object.is(next, value)) unsubscribe = mesh.subscribe(selector, tell)
        else tell(next)
      }
      value = selector(mesh) // it may have changed between the first look and this subscription
      unsubscribe = mesh.subscribe(selector, tell)
      return () => {
        clearTimeout(resting)
        unsubscribe?.()
      }
    },
  }
}
