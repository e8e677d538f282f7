type Peer = {
  readonly addresses: readonly unknown[]
  readonly protocols: readonly string[]
  readonly metadata: ReadonlyMap<string, unknown>
  readonly tags: ReadonlyMap<string, unknown>
}

/** In place of what writes a peer down and reads it again: a copy of its own for whoever asks. */
export const keptPeer = {
  encode: (peer: Peer): Peer => copyOf(peer),
  decode: (peer: Peer): Peer => copyOf(peer),
}

const copyOf = (peer: Peer): Peer => ({
  ...peer,
  addresses: peer.addresses.map((address) => ({ ...(address as object) })),
  protocols: [...peer.protocols],
  metadata: new Map(peer.metadata),
  tags: new Map(peer.tags),
})
