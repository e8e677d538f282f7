import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { generate } from 'selfsigned'

export type Certificate = { readonly key: string; readonly cert: string }

const dayMs = 24 * 60 * 60 * 1_000
/** A year: phones take none of more than 825 days. */
const validMs = 365 * dayMs
/** Renewed before it ends while a server runs for weeks. */
const renewMs = 30 * dayMs

/**
 * A certificate of this machine's own for these names and addresses, kept in `folder`, so that a browser that accepted it
 * once accepts it again; made anew once it lacks one of them or ends within 30 days of `now`.
 */
export async function ownCertificate(
  folder: string,
  { names, now = Date.now() }: { names: readonly string[]; now?: number },
): Promise<Certificate> {
  const path = join(folder, 'certificate.json')
  const kept = await readFile(path, 'utf8').then(read, () => undefined)
  if (kept && serves(kept, names, now)) return kept
  const pair = await make(names, now)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(path, JSON.stringify(pair), { mode: 0o600 })
  return pair
}

function read(text: string): Certificate | undefined {
  try {
    const { key, cert } = JSON.parse(text) as Partial<Certificate>
    return key && cert && new X509Certificate(cert) ? { key, cert } : undefined
  } catch {
    return undefined // half written, or somebody's: a new one takes its place
  }
}

function serves({ cert }: Certificate, names: readonly string[], now: number): boolean {
  const certificate = new X509Certificate(cert)
  const covers = (name: string): boolean =>
    (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined
  return names.every(covers) && Date.parse(certificate.validTo) - now > renewMs
}

async function make(names: readonly string[], now: number): Promise<Certificate> {
  const altNames = names.map((name) =>
    isIP(name) === 0 ? { type: 2 as const, value: name } : { type: 7 as const, ip: name },
  )
  const made = await generate([{ name: 'commonName', value: 'Tabmesh on this machine' }], {
    keyType: 'ec',
    notBeforeDate: new Date(now - dayMs), // for a phone whose clock is behind
    notAfterDate: new Date(now + validMs),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  })
  return { key: made.private, cert: made.cert }
}
