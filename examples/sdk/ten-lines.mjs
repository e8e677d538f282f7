// biome-ignore-all lint/suspicious/noConsole: an example prints what it found
// node ten-lines.mjs <relay> <words.wasm> <text>…
import { readFile } from 'node:fs/promises'
import { connect } from 'tabmesh'

const [relay, program, ...texts] = process.argv.slice(2)
const mesh = await connect({ relays: [relay] })
await mesh.ready({ peers: 1 })
const job = mesh.submit({ module: await readFile(program), tasks: texts.map((text) => ({ stdin: text })) })
for await (const { index, stdout } of job.results()) console.log(index, new TextDecoder().decode(stdout))
const { status, completed, providers } = await job.done
console.log(`${status}: ${completed} of ${texts.length} by ${providers.length}`)
await mesh.stop()
