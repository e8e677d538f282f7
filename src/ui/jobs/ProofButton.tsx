import { useState } from 'react'
import type { Cid } from '../../wire/cid.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { whole } from '../parts/format.ts'
import { wordsFor } from '../words.ts'
import { save } from './save.ts'

/** A file by which anybody can see that the provider signed for this task. */
export function ProofButton({ job, index }: { job: Cid; index: number }) {
  const { receipts } = useNodeHandle()
  const [code, setCode] = useState<string>()
  async function download(): Promise<void> {
    const made = await receipts.proof(job, index).catch(() => ({ ok: false, code: 'unexpected' }) as const)
    setCode(made.ok ? undefined : made.code)
    if (!made.ok) return
    const name = `task-${String(index + 1).padStart(5, '0')}.proof.cbor`
    save(new Blob([made.value.bytes as Uint8Array<ArrayBuffer>], { type: 'application/cbor' }), name)
  }
  if (code !== undefined) return <span className="small soft">{wordsFor(code).what}</span>
  return (
    <button
      type="button"
      className="button quiet proof"
      aria-label={`Download the proof of task ${whole(index + 1)}`}
      onClick={() => void download()}
    >
      Proof
    </button>
  )
}
