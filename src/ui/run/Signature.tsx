import { useCallback, useState } from 'react'
import { type Failure, failureOf } from '../app/failure.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { save } from '../jobs/save.ts'
import { FailureNotice } from '../parts/Notice.tsx'
import { SignedBy } from '../parts/SignedBy.tsx'
import { useLoaded } from '../parts/use-loaded.ts'

type SignatureProps = { readonly file: File; readonly onSigned: (file: File) => void }

/** Who signed the chosen program, and a way to sign it oneself. */
export function Signature({ file, onSigned }: SignatureProps) {
  const { modules, did } = useNodeHandle()
  const look = useCallback(async () => modules.signers(await bytesOf(file)), [modules, file])
  const found = useLoaded(look)
  const [failure, setFailure] = useState<Failure>()
  const sign = async (): Promise<void> => {
    const signed = await modules.sign(await bytesOf(file))
    if (!signed.ok) return setFailure({ code: signed.code, message: file.name })
    setFailure(undefined)
    onSigned(new File([signed.value as Uint8Array<ArrayBuffer>], file.name, { type: file.type }))
  }
  if (found.kind === 'loading') return null
  if (found.kind === 'failed') return <FailureNotice failure={found.failure} />
  if (!found.value.ok) return <FailureNotice failure={{ code: found.value.code, message: file.name }} />
  const { signers, unknown } = found.value.value
  const isMine = signers.includes(did)
  return (
    <div className="row signature">
      <span className="grow small" role="status">
        <SignedBy signers={signers} /> {restWords(signers.length, unknown)}
      </span>
      {isMine ? (
        <button type="button" className="button quiet" onClick={() => save(file, file.name)}>
          Save it
        </button>
      ) : (
        <button
          type="button"
          className="button"
          title="Your identity goes into the file: tabs can take it, or leave it, by that."
          onClick={() => void sign().catch((cause: unknown) => setFailure(failureOf(cause)))}
        >
          Sign it as me
        </button>
      )}
      {failure && <FailureNotice failure={failure} />}
    </div>
  )
}

/** What else there is to say of who signed it. */
function restWords(known: number, unknown: number): string {
  if (unknown > 0) return `${known > 0 ? 'And by' : 'Signed by'} an unknown key, which says nothing.`
  return known > 0 ? '' : 'Not signed.'
}

const bytesOf = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer())
