import { expect, vi } from 'vitest'
import { didOf, peerIdOf, publicKey } from '../../identity/did.ts'
import type { Signer } from '../../identity/signing.ts'
import { contractRows, startTestNode, type TestNode } from '../network.contract.ts'
import type { Network } from '../network.port.ts'
import { createLibp2pNetwork } from './network.ts'

// Node 20 has no WebSocket of its own; @libp2p/websockets brings one for its listener
if (globalThis.WebSocket === undefined) {
  const name = 'ws'
  globalThis.WebSocket = ((await import(name)) as { WebSocket: typeof WebSocket }).WebSocket
}

/** A signer whose key WebCrypto does not give out, as in a browser. */
export async function newSigner(): Promise<Signer> {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const key = publicKey(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)))!
  const sign = async (message: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message))
  return { did: didOf(key), peerId: peerIdOf(key), publicKey: key, sign }
}

type Changes = Partial<Parameters<typeof createLibp2pNetwork>[0]>

/** A network over the given relays, not yet started. WebRTC stays on this machine. */
export async function newNetwork(relays: readonly string[], changes: Changes = {}) {
  const signer = changes.signer ?? (await newSigner())
  return createLibp2pNetwork({ signer, relays, iceServers: [], log: () => {}, ...contractRows, ...changes })
}

/** A started node that has reserved at every relay given. */
export async function readyNode(relays: readonly string[], changes: Changes = {}): Promise<TestNode> {
  const node = await startTestNode(await newNetwork(relays, changes))
  await reserved(node.network, relays.length)
  return node
}

export const reserved = (network: Network, count: number): Promise<void> =>
  vi.waitFor(() => expect(network.addresses().length).toBeGreaterThanOrEqual(count), { timeout: 10_000, interval: 10 })
