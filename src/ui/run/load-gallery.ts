import type { Gallery } from '../../../examples/gallery.ts'

let loading: Promise<Gallery> | undefined

/** The ready-made jobs of this page; asked for again after a failure. */
export function loadGallery(): Promise<Gallery> {
  loading ??= fetchJson<Gallery>('/jobs/jobs.json').catch((cause: unknown) => {
    loading = undefined
    throw cause
  })
  return loading
}

export async function fetchJson<T>(path: string): Promise<T> {
  return (await fetchOwn(path)).json() as Promise<T>
}

/** The bytes of a file beside this page. */
export async function fetchBytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetchOwn(path)).arrayBuffer())
}

async function fetchOwn(path: string): Promise<Response> {
  const answer = await fetch(path)
  if (answer.ok) return answer
  throw Object.assign(new Error(`${path} answered ${answer.status}`), { code: 'inputs-missing' })
}
