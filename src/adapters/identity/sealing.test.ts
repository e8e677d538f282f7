import { describe, expect, it } from 'vitest'
import { cidOf } from '../../wire/cid.ts'
import { memoryKeyStore } from './key-stores.ts'
import { openSigner } from './keyring.ts'
import {
  contentKeyOf,
  openContent,
  passingKey,
  sealContent,
  sealingKeyFrom,
  sealingKeyOf,
  streamKeys,
} from './sealing.ts'

const bytes = (hex: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(hex, 'hex'))
const hex = (of: Uint8Array | undefined): string => Buffer.from(of ?? []).toString('hex')
const text = (of: Uint8Array | undefined): string | undefined => of && Buffer.from(of).toString()
const signer = async () => {
  const opened = await openSigner(memoryKeyStore())
  if (!opened.ok) throw new Error(opened.code)
  return opened.value
}
const activity = cidOf(new Uint8Array([1]), 'raw')
const secret = new Uint8Array(Buffer.from('attack at dawn'))

describe('a sealing key', () => {
  /** Source: RFC 7748, section 6.1. */
  it('agrees with RFC 7748', async () => {
    const bob = await sealingKeyFrom(bytes('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'))
    expect(hex(bob.publicKey)).toBe('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f')
    const alice = bytes('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a')
    expect(hex(await bob.agree(alice))).toBe('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742')
  })

  it('[SE1] is the same each time for one signer, and another for another', async () => {
    const ada = await signer()
    const [first, again, other] = await Promise.all([
      sealingKeyOf(ada),
      sealingKeyOf(ada),
      sealingKeyOf(await signer()),
    ])
    expect(again.publicKey).toEqual(first.publicKey)
    expect(other.publicKey).not.toEqual(first.publicKey)
  })

  it.each([
    ['too short', new Uint8Array(31)],
    ['of small order', new Uint8Array(32)],
  ])('gives nothing with a key that is %s', async (_, theirs) => {
    expect(await (await passingKey()).agree(theirs)).toBeUndefined()
  })
})

describe('a sealed stream', () => {
  const both = async () => {
    const [passing, lasting] = [await passingKey(), await passingKey()]
    const about = { activity, passing: passing.publicKey, lasting: lasting.publicKey }
    const [here, there] = await Promise.all([streamKeys(passing, about), streamKeys(lasting, about)])
    return { here: here!, there: there!, about }
  }

  it('[SE2] is read by the two who hold the keys, in both directions', async () => {
    const { here, there } = await both()
    expect(text(await there.toProvider.open(await here.toProvider.seal(secret)))).toBe('attack at dawn')
    expect(text(await here.toRequestor.open(await there.toRequestor.seal(secret)))).toBe('attack at dawn')
    expect(text(await here.toRequestor.open(await there.toRequestor.seal(secret)))).toBe('attack at dawn')
  })

  it('[SE2] tells a frame that was changed, left out, repeated, turned round or sealed by somebody else', async () => {
    const [{ here, there }, other] = [await both(), await both()]
    const [first, second, third] = [secret, secret, secret].map(here.toProvider.seal)
    const changed = (await first!).slice()
    changed[3]! ^= 1
    expect(await there.toProvider.open(changed)).toBeUndefined()
    expect(await there.toProvider.open(await third!)).toBeUndefined() // the second was left out
    expect(text(await there.toProvider.open(await third!))).toBe('attack at dawn')
    expect(await there.toProvider.open(await second!)).toBeUndefined()
    expect(await here.toRequestor.open(await here.toProvider.seal(secret))).toBeUndefined()
    expect(await other.there.toProvider.open(await first!)).toBeUndefined()
  })
})

describe('a sealed file', () => {
  it('[SE3] has one name in a job, another in another’s, and opens with its own key alone', async () => {
    const ada = await signer()
    const [key, again] = [await contentKeyOf(ada, activity), await contentKeyOf(ada, activity)]
    const other = await contentKeyOf(ada, cidOf(new Uint8Array([2]), 'raw'))
    const sealed = await sealContent(key, secret)
    expect(again).toEqual(key)
    expect(await sealContent(key, secret)).toEqual(sealed)
    expect(await sealContent(other, secret)).not.toEqual(sealed)
    expect(text(await openContent(key, sealed))).toBe('attack at dawn')
    expect(await openContent(other, sealed)).toBeUndefined()
    expect(await openContent(key, sealed.subarray(1))).toBeUndefined()
    expect(await openContent(key, sealed.subarray(0, 20))).toBeUndefined()
    expect(Buffer.from(sealed).includes(secret)).toBe(false)
  })
})
