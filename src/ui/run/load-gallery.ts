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

/** The bytes of a file beside this page. @param code of the failure where they do not come */
export async function fetchBytes(path: string, code = 'inputs-missing'): Promise<Uint8Array> {
  return new Uint8Array(await (await fetchOwn(path, code)).arrayBuffer())
}

async function fetchOwn(path: string, code = 'inputs-missing'): Promise<Response> {
  const failed = (why: string): Error => Object.assign(new Error(`${path} ${why}`), { code, phase: 'load' })
  const answer = await fetch(path).catch((cause: Error) => {
    throw failed(`did not come: ${cause.message}`)
  })
  if (answer.ok) return answer
  throw failed(`answered ${answer.status}`)
}
