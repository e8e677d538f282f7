import type { JobSpec } from '../activity/messages.ts'
import type { SealingKey } from '../adapters/identity/sealing.ts'
import { type FetchFile, type FileSource, filesUnder } from '../adapters/plane/contents.ts'
import { contentKeyFor } from '../adapters/plane/sealed-stream.ts'
import type { Signer } from '../identity/signing.ts'
import { ok, type Result } from '../kernel/result.ts'
import type { Cid } from '../wire/cid.ts'
import type { Parts } from './mesh.ts'

/** What others seal to; undefined where the browser knows no X25519. */
export const ownSealingKey = async (signer: Signer): Promise<SealingKey | undefined> =>
  (await import('../adapters/identity/sealing.ts')).sealingKeyOf(signer).catch(() => undefined)

const nowhere = () => Promise.reject(new Error('only what is stored here'))

/** SE3: the program and files of a job, sealed with a key of its own and stored: what its spec names from now on. */
export async function sealedSpec(parts: Parts, job: Cid, spec: JobSpec): Promise<Result<JobSpec>> {
  const { sealContent } = await import('../adapters/identity/sealing.ts')
  const key = await contentKeyFor(parts.signer, job)
  const named: Cid[] = []
  let moduleSizeBytes = 0
  for (const cid of [spec.module, ...(spec.content ?? [])]) {
    const found = await parts.content.fetchFile(cid, { providers: [], open: nowhere })
    if (!found.ok) return found
    const sealed = await sealContent(key, found.value)
    if (named.length === 0) moduleSizeBytes = sealed.length
    const stored = await parts.content.addFile(sealed)
    if (!stored.ok) return stored
    named.push(stored.value)
  }
  const [module = spec.module, ...content] = named
  return ok({ ...spec, module, moduleSizeBytes, ...(spec.content && { content }), isSealed: true })
}

/** Where an own job's program and files are had from: opened, where they are sealed. */
export const filesOf = async (
  { signer }: Pick<Parts, 'signer'>,
  { id, spec }: { readonly id: Cid; readonly spec: Pick<JobSpec, 'isSealed'> },
  fetchFile: FetchFile,
): Promise<FileSource> => filesUnder(spec.isSealed ? await contentKeyFor(signer, id) : undefined, fetchFile)
