// biome-ignore-all lint/suspicious/noConsole: an example prints what it found
// node provide.mjs <relay>: gives half of this machine to the mesh until it is told to stop
import { connect } from 'tabmesh'

const mesh = await connect({ relays: [process.argv[2]] })
const provider = await mesh.provide({ cpuShare: 0.5 })
console.log(`${mesh.did} provides, ctrl-c stops`)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => provider.stop().then(() => mesh.stop()))
