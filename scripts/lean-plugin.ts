import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import {
  emptied,
  type SyntaxNode,
  withoutCases,
  withoutLogging,
  withoutMethods,
  withoutMetrics,
  withoutStreams,
} from './lean-code.ts'

const here = (path: string): string => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)))
const keys = '/@libp2p/crypto/dist/src/keys'

type RewriteOfModule = { readonly module: string; rewrite(code: string, tree: () => SyntaxNode): string }

/** What dependencies bring and no tab ever runs: 63 KB gzip until the first task, 116 KB in all. A build in which one is not met any more fails. */
const rewrites: readonly RewriteOfModule[] = [
  {
    // Every name that is two bytes long, listed: found when the table loads instead.
    module: '/@libp2p/kad-dht/dist/src/routing-table/generated-prefix-list-browser.js',
    rewrite: () => `import { dhtPrefixes } from ${here('./dht-prefixes.ts')}\nexport default dhtPrefixes()`,
  },
  {
    // Nobody gives gossipsub a register of metrics.
    module: '/@libp2p/gossipsub/dist/src/metrics.js',
    rewrite: (code) => `${before(code, 'export function getMetrics(')}export const getMetrics = () => null`,
  },
  { module: '/@libp2p/gossipsub/dist/src/score/scoreMetrics.js', rewrite: emptied },
  // Every peer of this network has an Ed25519 key: with another one a handshake is refused.
  ...['ecdsa/ecdsa', 'ecdsa/utils', 'rsa/der', 'rsa/utils', 'secp256k1/utils'].map((name) => ({
    module: `${keys}/${name}.js`,
    rewrite: emptied,
  })),
  {
    // A browser that cannot sign with Ed25519 has no node here.
    module: `${keys}/ed25519/index.browser.js`,
    rewrite: (code) => `const ed = undefined\n${from(code, 'import { toString')}`,
  },
  // The page's policy lets it ask no resolver: browsers find names by themselves.
  {
    module: '/libp2p/dist/src/connection-manager/resolvers/dnsaddr.js',
    rewrite: () => 'export const dnsaddrResolver = { canResolve: () => false }',
  },
  {
    // Two dozen ranges of addresses, and nothing else of what that package can.
    module: '/@libp2p/utils/dist/src/private-ip.js',
    rewrite: (code) =>
      from(
        code,
        'const PRIVATE',
        `import { isIPv4, isIPv6 } from '@chainsafe/is-ip'\nimport { Netmask } from ${here('./address-range.ts')}\n`,
      ),
  },
  {
    // Its own tables for one base point make keys of a handshake faster, which takes a millisecond without.
    module: '/@noble/curves/ed25519.js',
    rewrite: (code) => `${before(code, tablesOfBase)}${from(code, '    });\n})();\n// Hash To Curve')}`,
  },
  {
    // Told to try once, it tries once.
    module: '/libp2p/dist/src/connection-manager/reconnect-queue.js',
    rewrite: (code) => `const pRetry = (attempt) => attempt(1)\n${without(code, `import pRetry from 'p-retry';`)}`,
  },
  {
    // A queue of which the first is looked at and taken: an array is one.
    module: '/@libp2p/gossipsub/dist/src/score/message-deliveries.js',
    rewrite: (code) => `${arrayQueue}\n${without(code, `import Denque from 'denque';`)}`,
  },
  {
    // Locks for several processes, of which a page has one.
    module: '/mortice/dist/src/index.js',
    rewrite: () => `export { createTurns as default } from ${here('./turns.ts')}`,
  },
  // Of a few dozen relays and peers.
  {
    module: '/@libp2p/utils/dist/src/filters/index.js',
    rewrite: () => `export * from ${here('./exact-filter.ts')}`,
  },
  {
    // Nobody is let in or kept out by the range of its address.
    module: '/libp2p/dist/src/connection-manager/utils.js',
    rewrite: (code) =>
      `${before(code, 'export function multiaddrToIpNet')}export const multiaddrToIpNet = undefined\n${from(code, 'export function isDirect')}`,
  },
  // A tab is reached over WebRTC and circuits, never at an address that others observed or that is forwarded to it.
  ...[
    ['observed-addresses', 'ObservedAddresses'],
    ['ip-mappings', 'IPMappings'],
    ['dns-mappings', 'DNSMappings'],
  ].map(([module, name]) => ({
    module: `/libp2p/dist/src/address-manager/${module}.js`,
    rewrite: () => `export class ${name} { has = () => false; getAll = () => [] }`,
  })),
  {
    module: '/@libp2p/identify/dist/src/identify.js',
    rewrite: (code, tree) =>
      without(withoutMethods(code, tree(), ['maybeAddObservedAddress']), 'this.maybeAddObservedAddress(observedAddr);'),
  },
  // Peers are found by ourselves: libp2p has no router to ask, and walks nowhere.
  {
    module: '/libp2p/dist/src/peer-routing.js',
    rewrite: () => `export class DefaultPeerRouting { async findPeer() { throw new Error('no routers') } }`,
  },
  { module: '/libp2p/dist/src/random-walk.js', rewrite: () => 'export class RandomWalk {}' },
  {
    // Relays are chosen by ourselves.
    module: '/@libp2p/circuit-relay-v2/dist/src/transport/discovery.js',
    rewrite: () => 'export class RelayDiscovery extends EventTarget { startDiscovery() {} stopDiscovery() {} }',
  },
  {
    // Our own settings of scores are looked through by whoever writes them.
    module: '/@libp2p/gossipsub/dist/src/score/peer-score-params.js',
    rewrite: (code) =>
      `${before(code, 'export function validatePeerScoreParams')}export const validatePeerScoreParams = () => {}`,
  },
  {
    // Messages carry no signature of the transport's.
    module: '/@libp2p/gossipsub/dist/src/utils/buildRawMessage.js',
    rewrite: (code, tree) => withoutCases(code, tree(), ['PublishConfigType.Signing', 'StrictSign']),
  },
  {
    // Peers are remembered in memory alone: as they are, not as bytes.
    module: '/@libp2p/peer-store/dist/src/pb/peer.js',
    rewrite: () => `export { keptPeer as Peer } from ${here('./kept-peer.ts')}`,
  },
  {
    // Spellings of bytes in which nothing here is written.
    module: '/multiformats/dist/src/basics.js',
    rewrite: (code) =>
      ['...identityBase, ', '...base8, ', '...base10, ', '...base36, ', ', ...base256emoji'].reduce(without, code),
  },
  // A tab asks the table and does not serve it.
  { module: '/@libp2p/kad-dht/dist/src/rpc/index.js', rewrite: () => 'export class RPC {}' },
  ...Object.entries(uncalled()).map(([module, names]) => ({
    module,
    rewrite: (code: string, tree: () => SyntaxNode) => withoutMethods(code, tree(), names),
  })),
  // Contents are found by a table of our own: libp2p's way to several of them is never asked.
  { module: '/libp2p/dist/src/content-routing.js', rewrite: () => 'export class CompoundContentRouting {}' },
  // Links are watched by ourselves: libp2p's own watch is never made.
  { module: '/libp2p/dist/src/connection-monitor.js', rewrite: emptied },
  {
    // Whatever the network would still say to a log.
    module: '/@libp2p/logger/dist/src/index.js',
    rewrite: () => `export * from ${here('./silent-logger.ts')}`,
  },
]

/** Of packages whose modules say much to a log. */
const talkative = /\/node_modules\/(@libp2p\/[\w-]+|libp2p)\/dist\//

const tablesOfBase = '        // ~3x faster fixed-base'
const arrayQueue = 'class Denque extends Array { peekFront() { return this[0] } clear() { this.length = 0 } }'

/** Methods by their modules that neither we nor anything else in the page calls. */
function uncalled(): Readonly<Record<string, readonly string[]>> {
  // Numbers that no protocol here has in a message of several pieces.
  const numbersOfLists = ['getUint8', 'getInt8', 'setInt8', 'setUint8', 'setUint16', 'setUint32', 'indexOf'].concat(
    ['Int16', 'Int32', 'BigInt64', 'BigUint64', 'Float32', 'Float64'].flatMap((kind) => [`get${kind}`, `set${kind}`]),
  )
  // No message here has a float or a number of a fixed length in it.
  const numbersOfMessages = ['sint32', 'fixed32', 'sfixed32', 'float', 'double', 'uint64String'].concat(
    ['int64', 'sint64', 'fixed64', 'sfixed64'].flatMap((kind) => [kind, `${kind}Number`, `${kind}String`]),
  )
  const libp2p = '/libp2p/dist/src'
  const gossipsub = '/@libp2p/gossipsub/dist/src'
  return {
    '/uint8arraylist/dist/src/index.js': numbersOfLists,
    '/protons-runtime/dist/src/utils/reader.js': ['readFixed64', ...numbersOfMessages],
    '/protons-runtime/dist/src/utils/writer.js': numbersOfMessages,
    // What it would tell of itself, messages that are judged later than they come, and peers that another names: none has a score for that.
    [`${gossipsub}/gossipsub.js`]: ['onScrapeMetrics', 'dumpPeerScoreStats'].concat(
      'reportMessageValidationResult',
      'pxConnect',
    ),
    '/@libp2p/peer-store/dist/src/index.js': ['consumePeerRecord', 'getInfo'],
    // Dialling and hanging up is done by its parts.
    [`${libp2p}/libp2p.js`]: [
      ...['getPublicKey', 'dial', 'dialProtocol', 'isDialable', 'getDialQueue', 'hangUp', 'getPeers', 'getMultiaddrs'],
      ...['getProtocols', 'unhandle', 'register', 'unregister', 'use', 'unuse'],
    ],
    [`${libp2p}/connection-manager/index.js`]: ['setMaxConnections', 'getDialQueue', 'closeConnections'],
    [`${libp2p}/address-manager/index.js`]: [
      ...['addObservedAddr', 'maybeUpgradeToIPMapping', 'addDNSMapping', 'removeDNSMapping'],
      ...['addPublicAddressMapping', 'removePublicAddressMapping'],
    ],
    '/@libp2p/utils/dist/src/rate-limiter.js': ['penalty', 'reward', 'block', 'parseKey'],
    '/@libp2p/kad-dht/dist/src/peer-routing/index.js': ['getPublicKeyFromNode', 'getClosestPeersOffline'],
    // Nothing is asked of what a page remembers but by its key.
    '/datastore-core/dist/src/base.js': ['queryKeys'],
    '/interface-datastore/dist/src/key.js': ['less', 'isAncestorOf', 'isDecendantOf'],
  }
}

function before(code: string, mark: string): string {
  return code.slice(0, placeOf(code, mark))
}

function from(code: string, mark: string, head = ''): string {
  return head + code.slice(placeOf(code, mark))
}

function without(code: string, mark: string): string {
  return before(code, mark) + code.slice(placeOf(code, mark) + mark.length)
}

function placeOf(code: string, mark: string): number {
  const at = code.indexOf(mark)
  if (at < 0) throw new Error(`a dependency changed: ${mark} is not in it`)
  return at
}

/** For browsers alone: a process does not load its script over a network. */
export function leanDependencies(): Plugin {
  const missing = new Set(rewrites.map(({ module }) => module))
  return {
    name: 'lean-dependencies',
    apply: 'build',
    transform(code, id) {
      const path = id.split('?')[0] ?? id
      const found = rewrites.find(({ module }) => path.endsWith(module))
      if (found) missing.delete(found.module)
      const isTalkative = talkative.test(path)
      if (!found && !isTalkative) return undefined
      const treeOf = (text: string): SyntaxNode => this.parse(text) as unknown as SyntaxNode
      let lean = found ? found.rewrite(code, () => treeOf(code)) : code
      for (const without of isTalkative ? [withoutLogging, withoutMetrics, withoutStreams] : [])
        lean = without(lean, treeOf(lean))
      return { code: lean, map: null }
    },
    buildEnd(error) {
      if (!error && missing.size > 0) this.error(`dependencies changed: ${[...missing].join(', ')} not met`)
    },
  }
}
