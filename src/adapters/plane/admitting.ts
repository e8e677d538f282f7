import { ok, type Result, refuse } from '../../kernel/result.ts'
import { keepsOut } from '../../node/trust.ts'
import { signersOf } from '../identity/module-signing.ts'
import type { ProviderPorts } from './provider-ports.ts'
import type { Session } from './session.ts'

/** PV8, MG3: a program is judged once more by what it is, before anything of it runs. */
export async function admit(
  { node, verify }: Pick<ProviderPorts, 'node' | 'verify'>,
  session: Session,
  bytes: Uint8Array,
): Promise<Result<void>> {
  const signed = await signersOf(bytes, verify)
  if (!signed.ok) return signed
  const { signers } = signed.value
  session.signers = signers
  const bar = keepsOut(node)(session.requestor, { module: session.module, signers })
  return bar ? refuse(bar, { signers: signers.length }) : ok(undefined)
}
