import { sha256 } from '@noble/hashes/sha2.js'

/** First bytes that a name can be wanted with. Who serves the table is a relay: one byte tells 5,000 of them apart. */
const firstBytes = 256
/** As kad-dht asks: by the first two bytes. */
const twoBytes = 65_536

/**
 * For each two bytes, the number that kad-dht makes a peer's name of, whose hash begins as they do: with the first of them,
 * where its own list of 132 KB knows both. Found by trying, 1,600 hashes on average.
 */
export function dhtPrefixes(): readonly number[] {
  const found = new Map<number, number>()
  for (let number = 0; found.size < firstBytes; number++) {
    const [first = 0] = sha256(nameOf(number))
    if (!found.has(first)) found.set(first, number)
  }
  return Array.from({ length: twoBytes }, (_, prefix) => found.get(prefix >> 8) ?? 0)
}

/** A multihash of SHA-256 with nothing but the number in it. Source: `_makePeerId` of kad-dht's table refresh. */
export function nameOf(number: number): Uint8Array {
  const name = new Uint8Array(34)
  name.set([0x12, 32])
  new DataView(name.buffer).setUint32(2, number)
  return name
}
