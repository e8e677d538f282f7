/** Type-checks each part under its own library: pure rooms know neither page nor Node. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
const failed = ['tsconfig.pure.json', 'tsconfig.workers.json', 'tsconfig.json'].filter(
  (project) => spawnSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' }).status !== 0,
)
process.exit(failed.length)
