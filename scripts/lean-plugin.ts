import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const prefixes = fileURLToPath(new URL('./dht-prefixes.ts', import.meta.url))

/** What dependencies bring and no tab ever runs, 58 KB gzip of it. A build in which one is not met any more fails. */
const rewrites: readonly { readonly module: string; readonly rewrite: (code: string) => string }[] = [
  {
    // Every name that is two bytes long, listed: found when the table loads instead.
    module: '/@libp2p/kad-dht/dist/src/routing-table/generated-prefix-list-browser.js',
    rewrite: () => `import { dhtPrefixes } from ${JSON.stringify(prefixes)}\nexport default dhtPrefixes()`,
  },
  {
    // Nobody gives gossipsub a register of metrics.
    module: '/@libp2p/gossipsub/dist/src/metrics.js',
    rewrite: (code) => `${upTo(code, 'export function getMetrics(')}export const getMetrics = () => null`,
  },
  {
    // Every peer of this network has an Ed25519 key: with another one a handshake is refused.
    module: '/@noble/curves/secp256k1.js',
    rewrite: () => `export const secp256k1 = new Proxy({}, { get() { throw new Error('no secp256k1 here') } })`,
  },
]

function upTo(code: string, mark: string): string {
  const at = code.indexOf(mark)
  if (at < 0) throw new Error(`a dependency changed: ${mark} is not in it`)
  return code.slice(0, at)
}

/** For pages alone: a process does not load its script over a network. */
export function leanDependencies(): Plugin {
  const missing = new Set(rewrites.map(({ module }) => module))
  return {
    name: 'lean-dependencies',
    apply: 'build',
    transform(code, id) {
      const found = rewrites.find(({ module }) => id.split('?')[0]?.endsWith(module))
      if (!found) return undefined
      missing.delete(found.module)
      return { code: found.rewrite(code), map: null }
    },
    buildEnd(error) {
      if (!error && missing.size > 0) this.error(`dependencies changed: ${[...missing].join(', ')} not met`)
    },
  }
}
