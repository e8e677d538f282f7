import { useEffect, useState } from 'react'
import { shortId } from '../parts/format.ts'
import { loadGallery } from '../run/load-gallery.ts'

/** What people call a program: its title in the gallery, or its short name where somebody brought it along. */
export function useModuleTitle(module: string): string {
  const [titles, setTitles] = useState<ReadonlyMap<string, string>>()
  useEffect(() => {
    loaded ??= loadTitles().catch(() => new Map())
    void loaded.then(setTitles)
  }, [])
  return titles?.get(module) ?? `Program ${shortId(module)}`
}

let loaded: Promise<ReadonlyMap<string, string>> | undefined

/** Titles by CID, from the list of checksums beside the programs; those above one block have another name and are left out. */
async function loadTitles(): Promise<ReadonlyMap<string, string>> {
  const [gallery, sums, { cidOfDigest }] = await Promise.all([
    loadGallery(),
    fetch('/jobs/SHA256SUMS').then((answer) => answer.text()),
    import('../../wire/cid.ts'),
  ])
  const lines = sums.split('\n').flatMap((line) => {
    const found = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line)
    const title = gallery.jobs.find(({ module }) => module === `jobs/${found?.[2]}`)?.title
    return found?.[1] && title ? [[cidOfDigest(bytesOfHex(found[1]), 'raw'), title] as const] : []
  })
  return new Map(lines)
}

const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
