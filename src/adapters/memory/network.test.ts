import { describe, expect, it } from 'vitest'
import { peerIdOf, publicKey } from '../../identity/did.ts'
import { contractRows, networkContract, startTestNode } from '../network.contract.ts'
import { createMemoryNetwork, createSwitchboard, type Switchboard } from './network.ts'

const memoryNode = (board: Switchboard) => {
  const key = publicKey(crypto.getRandomValues(new Uint8Array(32)))!
  return createMemoryNetwork({ board, peerId: peerIdOf(key), now: () => performance.now(), ...contractRows })
}

describe('memory network', () => {
  const board = createSwitchboard()
  networkContract({ make: async () => memoryNode(board), ready: async () => {} })

  it('cut nodes lose each other until they are mended', async () => {
    const own = createSwitchboard()
    const [a, b] = [await startTestNode(memoryNode(own)), await startTestNode(memoryNode(own))]
    const dial = () => a.network.dial(b.network.peerId, [], AbortSignal.timeout(1_000))
    await dial()
    own.cut(a.network.peerId, b.network.peerId)
    expect(b.events.at(-1)).toBe(`down ${a.network.peerId}`)
    await expect(dial()).rejects.toMatchObject({ code: 'unreachable' })
    own.mend(a.network.peerId, b.network.peerId)
    expect(await dial()).toMatchObject({ direct: true })
  })
})
