import { bytesToHex } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../kernel/bytes.ts'
import { callableForms } from './function-forms.ts'
import { u32Bytes } from './module-reader.ts'
import { keyOf, mostSectionBytes, mostSignatures, readSignature, withSignatures } from './module-signature.ts'
import { prepareModule } from './prepare.ts'
import { plainModule, signedModules } from './signed-modules.examples.ts'

const { signed, shortId, twice, grownAndSigned } = signedModules

/** The plain module behind a section of that name. */
const behind = (content: Uint8Array, name = 'signature'): Uint8Array => {
  const named = [name.length, ...new TextEncoder().encode(name), ...content]
  return concatBytes([
    plainModule.subarray(0, 8),
    Uint8Array.from([0, ...u32Bytes(named.length), ...named]),
    plainModule.subarray(8),
  ])
}
const setsOf = (bytes: Uint8Array) => {
  const read = readSignature(bytes)
  return (read.ok && read.value?.sets) || []
}

describe('the signatures of a module', () => {
  it('[MG1] are read as wasmsign2 writes them, and written as it reads them', () => {
    for (const bytes of Object.values(signedModules)) {
      const sets = setsOf(bytes)
      expect(sets.length).toBeGreaterThan(0)
      expect(bytesToHex(withSignatures(bytes, sets))).toBe(bytesToHex(bytes))
    }
    expect(setsOf(twice).map(({ signatures }) => signatures.length)).toEqual([2])
    expect(setsOf(grownAndSigned).map(({ hashes }) => hashes.length)).toEqual([1, 2])
    expect(bytesToHex(withSignatures(plainModule, setsOf(signed)))).toBe(bytesToHex(signed))
  })

  it('[MG1] are none where the section is not the first, has another name, or there is no module', () => {
    const last = concatBytes([plainModule, signed.subarray(8, signed.length - plainModule.length + 8)])
    for (const bytes of [plainModule, last, behind(Uint8Array.of(1, 1, 1), 'signatures'), new Uint8Array(0)])
      expect(readSignature(bytes)).toEqual({ ok: true, value: undefined })
  })

  it('[MG1] of another kind, or with bytes too many or too few, are refused', () => {
    const content = withSignatures(plainModule, setsOf(signed)).subarray(21, signed.length - plainModule.length + 8)
    expect(readSignature(behind(content)).ok).toBe(true)
    for (const at of [0, 1, 2]) {
      const strange = content.slice()
      strange[at] = 2
      expect(readSignature(behind(strange))).toMatchObject({ code: 'signature-malformed' })
    }
    const none = Uint8Array.of(1, 1, 1, 0)
    for (const broken of [content.subarray(0, -1), concatBytes([content, Uint8Array.of(0)]), none])
      expect(readSignature(behind(broken))).toMatchObject({ code: 'signature-malformed' })
  })

  it('[MG1] are bounded in number and in bytes', () => {
    const [set] = setsOf(signed)
    const of = (count: number) => Array.from({ length: count }, () => set!)
    expect(readSignature(withSignatures(plainModule, of(mostSignatures))).ok).toBe(true)
    const code = 'signature-over-limit'
    expect(readSignature(withSignatures(plainModule, of(mostSignatures + 1)))).toMatchObject({ code })
    expect(readSignature(behind(new Uint8Array(mostSectionBytes + 1)))).toMatchObject({ code })
  })

  it('[MG1] that are junk are refused and never thrown', () => {
    const content = fc.uint8Array({ maxLength: 300 }).map((bytes) => concatBytes([Uint8Array.of(1, 1, 1), bytes]))
    fc.assert(fc.property(content, (bytes) => void expect(readSignature(behind(bytes)).ok).toBe(false)))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void readSignature(bytes)))
  })

  it('[MG2] name a key, or none', () => {
    expect(setsOf(signed).flatMap(({ signatures }) => signatures.map((one) => keyOf(one)?.length))).toEqual([32])
    const [one] = setsOf(signed)[0]!.signatures
    expect(keyOf(setsOf(shortId)[0]!.signatures[0]!)).toBeUndefined()
    expect(keyOf({ ...one!, algorithm: 2 })).toBeUndefined()
    expect(keyOf({ ...one!, keyId: concatBytes([one!.keyId, Uint8Array.of(0)]) })).toBeUndefined()
  })

  it('[MG4] change nothing of how it is run', () => {
    const options = { runtime: 'function', memoryPages: 16, isDeterministic: true } as const
    expect(prepareModule(signed, options)).toEqual(prepareModule(plainModule, options))
    expect(prepareModule(signed, options).ok).toBe(true)
    expect(callableForms(signed)).toEqual(callableForms(plainModule))
  })
})
