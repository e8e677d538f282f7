import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ownCertificate } from './certificate.ts'

const dayMs = 24 * 60 * 60 * 1_000
const names = ['192.168.1.5', '127.0.0.1', 'localhost']
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-certificate-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('names every address, for servers only, and ends within what phones take', async () => {
  const { cert } = await ownCertificate(folder, { names })
  const made = new X509Certificate(cert)
  expect(made.subjectAltName).toBe('IP Address:192.168.1.5, IP Address:127.0.0.1, DNS:localhost')
  expect(made.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']) // serverAuth
  expect(made.ca).toBe(false)
  const days = (Date.parse(made.validTo) - Date.parse(made.validFrom)) / dayMs
  expect(days).toBeGreaterThan(364)
  expect(days).toBeLessThan(825)
})

it('is kept, readable by its owner alone', async () => {
  const first = await ownCertificate(folder, { names })
  expect(await ownCertificate(folder, { names: names.slice(0, 2) })).toEqual(first)
  if (process.platform !== 'win32') expect((await stat(join(folder, 'certificate.json'))).mode & 0o777).toBe(0o600)
})

it('is made anew for another address, near its end, and where the file is no certificate', async () => {
  const first = await ownCertificate(folder, { names })
  const moved = await ownCertificate(folder, { names: ['192.168.1.6', ...names] })
  expect(moved).not.toEqual(first)
  const now = Date.now() + 336 * dayMs
  const renewed = await ownCertificate(folder, { names, now })
  expect(renewed).not.toEqual(moved)
  expect(await ownCertificate(folder, { names, now })).toEqual(renewed)

  const path = join(folder, 'certificate.json')
  await writeFile(path, (await readFile(path, 'utf8')).slice(0, 40))
  expect((await ownCertificate(folder, { names })).cert).toContain('BEGIN CERTIFICATE')
})
