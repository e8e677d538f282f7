import { useState } from 'react'
import type { Cid } from '../../wire/cid.ts'
import { useNodeHandle } from '../app/use-mesh.ts'
import { bytes, counted } from '../parts/format.ts'
import { Paged } from './Paged.tsx'
import { save } from './save.ts'

type FilesProps = {
  readonly job: Cid
  readonly files: ReadonlyMap<number, { readonly name: string; readonly sizeBytes: number }>
  readonly version: number
}

/** Files that came out, each to be had by itself. */
export function FilesView({ job, files }: FilesProps) {
  const mesh = useNodeHandle()
  const [busy, setBusy] = useState<number>()
  const get = async (index: number, name: string): Promise<void> => {
    setBusy(index)
    const handle = mesh.job(job)
    for await (const result of handle?.results() ?? []) {
      if (result.index !== index) continue
      save(new Blob([result.stdout as Uint8Array<ArrayBuffer>]), name)
      break
    }
    setBusy(undefined)
  }
  const all = [...files]
  return (
    <section aria-labelledby="files-title">
      <h2 id="files-title">{counted(all.length, 'file')}</h2>
      <Paged items={all} one="file">
        {(shown) => (
          <ul className="plain rows">
            {shown.map(([index, { name, sizeBytes }]) => (
              <li key={index}>
                <code className="file-name">{name}</code>
                <span className="soft small number">{sizeBytes < 0 ? 'not there yet' : bytes(sizeBytes)}</span>
                {sizeBytes >= 0 && (
                  <button
                    type="button"
                    className="button"
                    disabled={busy !== undefined}
                    onClick={() => get(index, name)}
                  >
                    Save
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Paged>
    </section>
  )
}
