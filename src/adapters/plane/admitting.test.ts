import { describe, expect, it } from 'vitest'
import { plainModule, signedModules } from '../../activity/signed-modules.examples.ts'
import { timestamp } from '../../kernel/time.ts'
import { initialState } from '../../node/state.ts'
import { exampleCid, exampleDid, provider, requestor } from '../../receipts/receipt.examples.ts'
import { evolveLists } from '../../reputation/lists.ts'
import { Listed } from '../../reputation/messages.ts'
import { verify } from '../identity/keyring.ts'
import { signersOf } from '../identity/module-signing.ts'
import { admit } from './admitting.ts'
import { newSession } from './session.ts'

const { signed, grown, shortId } = signedModules

/** A provider that takes nothing but what `signer` signed, and whatever it is given. */
async function admitted(bytes: Uint8Array, signer = exampleDid('S')) {
  const node = initialState(provider)
  const fields = { role: 'requestor', kind: 'signer', name: signer, rule: 'only' } as const
  const lists = evolveLists(new Map(), Listed.author({ author: provider, issuedAt: timestamp(1) }, fields))
  if (lists.ok) node.lists = lists.value
  const activity = { id: exampleCid('a'), requestor, job: exampleCid('j'), module: exampleCid('m'), hasCommits: false }
  const session = newSession(activity as never, {
    stream: undefined,
    secret: new Uint8Array(16),
    contentKey: undefined,
    startedAt: timestamp(1),
    runtime: 'function',
  })
  return { outcome: await admit({ node, verify }, session, bytes), signers: session.signers }
}

describe('a program that has come', () => {
  it('[PV8] is judged by who signed it, whatever its requestor said', async () => {
    const by = await signersOf(signed, verify)
    const [signer] = by.ok ? by.value.signers : []
    expect(await admitted(signed, signer)).toMatchObject({ outcome: { ok: true }, signers: [signer] })
    for (const other of [signed, shortId, plainModule])
      expect(await admitted(other)).toMatchObject({ outcome: { code: 'signer-not-listed' } })
  })

  it('[MG3] does not run with a signature that is not true', async () => {
    expect(await admitted(grown)).toMatchObject({ outcome: { code: 'signature-false' }, signers: [] })
    const cut = signed.slice()
    cut[24] = 0x7f
    expect(await admitted(cut)).toMatchObject({ outcome: { code: 'signature-malformed' } })
  })
})
