/** What `import … from 'tabmesh'` gives in Node: the same names as in a page, after what Node 20 lacks was added. */
import '../../scripts/polyfill.mjs'
import { setMaxListeners } from 'node:events'
import { maxStreams } from '../adapters/libp2p/node.ts'

// biome-ignore-start lint/performance/noBarrelFile: the package's entry names what it offers, once
export { ConnectError } from './connect-error.ts'
export { connect } from './connect-node.ts'

// biome-ignore-end lint/performance/noBarrelFile: see above

// Each stream of a connection that closes listens to one signal; Node's own default of 10 would warn of a leak.
setMaxListeners(maxStreams)
