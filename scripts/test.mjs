/** `npm test`: sets up all it needs, a browser too, runs every check, and ends with one line that counts them. */
import { install, say } from './install.mjs'

try {
  install()
  const { runChecks } = await import('./checks.mjs')
  process.exit((await runChecks(process.argv.slice(2))) ? 0 : 1)
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.stdout.write('0 passed, 1 failed\n')
  process.exit(1)
}
