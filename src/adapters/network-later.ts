import type { NetworkHandlers } from './network.port.ts'

/**
 * Handlers for a network that starts before whoever handles is ready: what comes meanwhile waits, in its order. Nothing is
 * handled where `ready` rejects.
 */
export function handlersLater(ready: Promise<NetworkHandlers>): NetworkHandlers {
  const tell = (use: (handlers: NetworkHandlers) => void): void => void ready.then(use, () => {})
  return {
    peerUp: (link) => tell((handlers) => handlers.peerUp(link)),
    peerChanged: (link) => tell((handlers) => handlers.peerChanged(link)),
    peerDown: (peerId) => tell((handlers) => handlers.peerDown(peerId)),
    addressesChanged: (addresses) => tell((handlers) => handlers.addressesChanged(addresses)),
    request: async (...asked) => (await ready).request(...asked),
    gossip: async (...message) => (await ready).gossip(...message),
    stream: (...opened) => tell((handlers) => handlers.stream(...opened)),
  }
}
