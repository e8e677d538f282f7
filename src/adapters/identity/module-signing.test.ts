import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspectComponent } from '../../activity/component.ts'
import { sampleComponent } from '../../activity/component-samples.ts'
import { keyOf, mostSignatures, readSignature } from '../../activity/module-signature.ts'
import { plainModule, signedModules } from '../../activity/signed-modules.examples.ts'
import { didOf } from '../../identity/did.ts'
import type { Signer } from '../../identity/signing.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import type { Did } from '../../wire/schema.ts'
import { memoryKeyStore } from './key-stores.ts'
import { openSigner, verify } from './keyring.ts'
import { signersOf, signModule } from './module-signing.ts'

const { signed, shortId, twice, grown, grownAndSigned } = signedModules

async function somebody(): Promise<Signer> {
  const opened = await openSigner(memoryKeyStore())
  if (!opened.ok) throw new Error(opened.code)
  return opened.value
}
async function signedBy(bytes: Uint8Array, signer: Signer): Promise<Uint8Array> {
  const made = await signModule(bytes, signer, verify)
  if (!made.ok) throw new Error(made.code)
  return made.value
}
const named = (bytes: Uint8Array): Did[] => {
  const read = readSignature(bytes)
  const sets = (read.ok && read.value?.sets) || []
  return sets.flatMap(({ signatures }) => signatures.flatMap((one) => keyOf(one) ?? [])).map(didOf)
}
const [first, second] = named(twice) as [Did, Did]
const told = (signers: readonly Did[], unknown = 0) => ({ ok: true, value: { signers, unknown } })

describe('whoever signed a module', () => {
  it('[MG3] is told of what wasmsign2 signed', async () => {
    expect(await signersOf(plainModule, verify)).toEqual(told([]))
    expect(await signersOf(signed, verify)).toEqual(told([first]))
    expect(await signersOf(twice, verify)).toEqual(told([first, second]))
  })

  it('[MG2] is unknown where its key is not in the module', async () => {
    expect(await signersOf(shortId, verify)).toEqual(told([], 1))
  })

  it('[MG3] of a part alone did not sign it', async () => {
    const code = 'signature-false'
    expect(await signersOf(grown, verify)).toMatchObject({ code, facts: { signs: 'other bytes, or a part of these' } })
    expect(await signersOf(grownAndSigned, verify)).toEqual(told([second]))
  })

  it('[MG3] is nobody where any byte was changed', async () => {
    const one = await somebody()
    const bytes = await signedBy(plainModule, one)
    for (let at = 0; at < bytes.length; at++) {
      const bent = bytes.slice()
      bent[at]! ^= 1 << (at % 8)
      const found = await signersOf(bent, verify)
      expect(found.ok ? found.value.signers : []).toEqual([])
    }
    const behind = concatBytes([bytes, Uint8Array.of(0, 2, 1, 0x61)])
    expect(await signersOf(behind, verify)).toMatchObject({ code: 'signature-false' })
  })

  it('[MG3] is nobody where a signature is not by the key that it names', async () => {
    const bytes = await signedBy(plainModule, await somebody())
    const at = bytes.length - plainModule.length + 8 - 1
    const bent = bytes.slice()
    bent[at]! ^= 1
    expect(await signersOf(bent, verify)).toMatchObject({
      code: 'signature-false',
      facts: { signer: named(bytes)[0] },
    })
  })

  it('[MG3] is never made up by junk', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(signed.length - 1), fc.uint8Array({ minLength: 1, maxLength: 80 }), async (at, junk) => {
        const bent = concatBytes([signed.subarray(0, at), junk, signed.subarray(at + junk.length)])
        const found = await signersOf(bent, verify)
        const isSame = bent.length === signed.length && bent.every((byte, i) => byte === signed[i])
        if (!isSame && found.ok) expect(found.value.signers).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('[MG4] puts its name beside others, once', async () => {
    const [one, two] = [await somebody(), await somebody()]
    const both = await signedBy(await signedBy(signed, one), two)
    expect(await signersOf(both, verify)).toEqual(told([first, one.did, two.did]))
    expect(await signedBy(both, one)).toBe(both)
    expect(await signersOf(await signedBy(grownAndSigned, one), verify)).toEqual(told([second, one.did]))
  })

  it('[MG4] puts it on nothing that is signed falsely, or signed by as many as there may be', async () => {
    const one = await somebody()
    expect(await signModule(grown, one, verify)).toMatchObject({ code: 'signature-false' })
    let full: Uint8Array = plainModule
    for (let count = 0; count < mostSignatures; count++) full = await signedBy(full, await somebody())
    expect(await signModule(full, one, verify)).toMatchObject({ code: 'signature-over-limit' })
  })

  it('[MG4] may sign a component, which stays what it was', async () => {
    const one = await somebody()
    const component = sampleComponent()
    const bytes = await signedBy(component, one)
    expect(await signersOf(bytes, verify)).toEqual(told([one.did]))
    const [with_, without] = [inspectComponent(bytes), inspectComponent(component)]
    expect(with_.ok && with_.value.bytes).toEqual(without.ok && without.value.bytes)
  })
})
