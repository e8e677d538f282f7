import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** A certificate of this machine's own, kept in `.tabmesh`, so that a phone that accepted it once accepts it again. */
export async function ownCertificate(root: string, address: string): Promise<{ key: string; cert: string }> {
  const folder = join(root, '.tabmesh')
  const path = join(folder, `certificate-${address}.json`)
  const kept = await readFile(path, 'utf8').catch(() => undefined)
  if (kept) return JSON.parse(kept) as { key: string; cert: string }
  const altNames = [
    { type: 7 as const, ip: address },
    { type: 7 as const, ip: '127.0.0.1' },
    { type: 2 as const, value: 'localhost' },
  ]
  const made = await generate([{ name: 'commonName', value: address }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames }],
  })
  const pair = { key: made.private, cert: made.cert }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(path, JSON.stringify(pair), { mode: 0o600 })
  return pair
}
