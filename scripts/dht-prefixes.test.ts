import { sha256 } from '@noble/hashes/sha2.js'
import { expect, it } from 'vitest'
import { dhtPrefixes, nameOf } from './dht-prefixes.ts'

it('a name is known for every first byte', () => {
  const prefixes = dhtPrefixes()
  expect(prefixes).toHaveLength(65_536)
  for (let prefix = 0; prefix < 65_536; prefix += 128) expect(sha256(nameOf(prefixes[prefix]!))[0]).toBe(prefix >> 8)
})
