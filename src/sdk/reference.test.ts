import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const reference = read('../../docs/sdk.md')

describe('the reference of the SDK', () => {
  it.each([
    'api.ts',
    'api-market.ts',
    'api-reputation.ts',
    'api-content.ts',
    'api-scripts.ts',
    'api-workflows.ts',
    'api-guilds.ts',
    'receipts-api.ts',
    'connect-options.ts',
  ])('names every member of %s', (file) => {
    const members = [...read(file).matchAll(/^\s+(?:readonly )?(\w+)(?:<T>)?\??[:(]/gm)].map(([, name]) => name!)
    expect(members.length).toBeGreaterThan(5)
    const missing = members.filter((name) => !new RegExp(`\\b${name}\\b`).test(reference))
    expect(missing).toEqual([])
  })

  it('names no error that the catalogue does not explain', () => {
    const catalogue = read('../../docs/errors.md')
    const codes = [...reference.matchAll(/`([a-z]+(?:-[a-z0-9]+)+)`/g)].map(([, code]) => code!)
    const wasmtime = ['not-asked', 'not-in-a-page', 'not-installed']
    const page = ['frame-ancestors', 'worker-src', 'connect-src']
    const presets = ['best-effort', 'low-latency', 'low-cost']
    const words = ['lowest-price', ...presets, 'wasi-p1', 'node-datachannel', ...page, ...wasmtime]
    expect(codes.filter((code) => !words.includes(code) && !catalogue.includes(`| \`${code}\` |`))).toEqual([])
  })
})
