import { createRoot } from 'react-dom/client'
import type { Mesh } from './sdk/api.ts'
import { App } from './ui/app/App.tsx'
import { createDonation } from './ui/app/donation.ts'
import { createNodeStore } from './ui/app/node-store.ts'
import { chosenRelays } from './ui/app/relays.ts'
import { ShellContext } from './ui/app/use-mesh.ts'
import { stayAwake } from './ui/donate/stay-awake.ts'
import './ui/look/first.css'

declare global {
  interface Window {
    /** The node of this tab, there once its identity is known. */
    tabmesh?: Mesh | undefined
  }
}

const relays = chosenRelays(location.search)
const node = createNodeStore({
  isSecure: isSecureContext && crypto.subtle !== undefined,
  connect: async (onRestore) => {
    const [{ connect }, addresses] = await Promise.all([import('./sdk/connect.ts'), relays])
    return connect(addresses.length > 0 ? { relays: addresses, onRestore } : { onRestore })
  },
  announce: (mesh) => {
    window.tabmesh = mesh
  },
})
const donation = createDonation(node)
const shell = { node, donation, awake: stayAwake(node, donation) }

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <ShellContext value={shell}>
      <App />
    </ShellContext>,
  )
}
// After the first paint, for the network's code is larger than the page's; a tab in the background paints nothing, and
// starts after the second wait instead. Whichever comes second finds the node started.
const unpaintedMs = 300
requestAnimationFrame(() => setTimeout(() => node.start()))
setTimeout(() => node.start(), unpaintedMs)
